"""Methods that rank the genes of a puck."""
