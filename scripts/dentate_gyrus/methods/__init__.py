"""Methods that represent the cells of Figure S2, one a file, and the table of them."""
