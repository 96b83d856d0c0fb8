"""Scores, one function a file, and the ledger that holds them against the paper's numbers."""
