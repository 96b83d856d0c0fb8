"""Figure 3 and S6."""
