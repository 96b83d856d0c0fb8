"""Methods that represent the cells of Figure 3, one a file, and the table of them."""
