"""Spliced and unspliced counts of the dentate gyrus (Figure S2 of the paper), beside scVelo."""
