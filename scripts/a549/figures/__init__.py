"""The figure of the A549 part."""
