"""One screen of text about a fitted estimator."""

from typing import TYPE_CHECKING

import numpy as np

from schema_core.fitted import names_out

if TYPE_CHECKING:
    from schema_core.estimator import Schema

MOST_NAMED = 8  # features


def summary_of(model: "Schema") -> str:
    """See :meth:`schema_core.Schema.summary`."""
    before, after = model.modality_correlations_
    covariances, gamma = model.covariances_, model._gamma
    best = np.argsort(-model.weights_, kind="stable")[:MOST_NAMED]
    names, zeros = names_out(model, None, None), int((model.weights_ == 0).sum())
    named = ", ".join(f"{names[i]} {model.weights_[i]:.3g}" for i in best)
    bound = model.certificate_.gap
    proof = {
        "global": f"no weights are better by more than {bound:.1e}",
        "not closed": f"the best is at most {bound:.1e} better",
        "local": "the best of many local searches, without a bound",
        "none": "the best point of a grid, without a bound",
    }[model.certificate_.kind]
    modalities = [
        f"  modalities[{j}] (weight {g:g}): {b:.4f} -> {a:.4f}, over {int(n):,} pairs"
        for j, (g, b, a, n) in enumerate(zip(gamma, before, after, model.modality_pairs_, strict=True))
    ]
    lines = [
        f"Schema on {len(names):,} features and {covariances.n_pairs:,} pairs",
        f"asked    correlation with the reference ≥ {model.min_correlation:g}, largest weight ≤ "
        f"{model.max_weight_ratio:g} × mean",
        f"kept     {model.reference_correlation_:.4f}",
        f"gained   {before @ gamma:.4f} -> {model.objective_:.4f}; correlation with each modality:",
        *modalities,
        f"control  {model.control_ or 'not made yet: see control()'}",
        f"weights  {named}{', ...' if len(best) < len(names) else ''}; {zeros} of {len(names)} are 0",
        f"proof    {model.certificate_.kind}: {proof}",
    ]
    return "\n".join(lines)
