"""Figure S2."""
