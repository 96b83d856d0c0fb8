"""Simulated embryos at three stages and more, in the atlas' own format, with a planted truth."""
