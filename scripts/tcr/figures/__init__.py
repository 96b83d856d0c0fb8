"""Figure 5."""
