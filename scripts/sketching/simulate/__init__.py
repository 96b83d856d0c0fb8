"""Simulated cells with a rare type."""
