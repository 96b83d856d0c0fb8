"""Simulated files of the fly brain, with a planted truth."""
