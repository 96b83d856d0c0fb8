"""Simulated files of sci-CAR, with a planted truth."""
