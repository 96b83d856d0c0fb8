"""Simulated files of sci-CAR of A549, and domains, with a planted truth."""
