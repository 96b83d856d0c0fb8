"""Simulated pucks, with a planted truth."""
