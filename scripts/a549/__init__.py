"""A549 (paper: Availability of data): genes as observations, accessible peaks near them as features."""
