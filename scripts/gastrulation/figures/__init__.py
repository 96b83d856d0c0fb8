"""The figure of gastrulation, with its caption beside it."""
