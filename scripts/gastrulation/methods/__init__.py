"""Methods of Figure S1, one a file, and the table of them."""
