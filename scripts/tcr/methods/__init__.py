"""Methods that weight the features of CDR3, one a file, and the table of them."""
