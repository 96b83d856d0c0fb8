"""Gastrulation (Figure S1): developmental age kept and batch removed at once, beside MOFA+."""
