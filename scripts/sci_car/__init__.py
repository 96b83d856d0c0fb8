"""Cell types from RNA and open chromatin of the same cells (paper: Figure 2)."""
