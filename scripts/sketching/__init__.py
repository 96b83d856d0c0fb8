"""Sketches: pairs of cells spread over the data, against pairs of any cells and all pairs."""
