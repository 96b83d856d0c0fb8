"""Simulated cells with spliced and unspliced counts, with a planted truth."""
