"""Simulated files of tcr_10x and VDJdb, with a planted truth."""
