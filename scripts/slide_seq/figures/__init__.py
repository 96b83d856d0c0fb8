"""Figure 4, S4 and S5."""
