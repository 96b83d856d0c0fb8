"""Figures of what Schema found, on matplotlib's axes.

Each takes a fitted :class:`schema_core.Schema`, or an AnnData or MuData with results of :func:`schema_core.tl.schema`.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from schema_core.errors import InvalidInput
from schema_core.estimator import Schema
from schema_core.fitted import weight_names
from schema_core.given import is_anndata

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def weights(source: Any, *, n: int = 20, key: str = "schema", ax: "Axes | None" = None) -> "Axes":
    """The n largest weights, with the names of their features; a line at 1, the mean.

    source : Schema, AnnData or MuData; key : of uns
    """
    model, _ = _model(source, key)
    ax = _axes(ax)
    best = np.argsort(-model.weights_, kind="stable")[:n]
    names = weight_names(model)
    ax.barh(np.arange(len(best)), model.weights_[best], color="C0")
    ax.set_yticks(np.arange(len(best)), [str(names[i]) for i in best])
    ax.invert_yaxis()
    ax.axvline(1, color="0.5", linewidth=0.8)
    ax.set_xlabel("weight (mean 1)")
    rest = len(model.weights_) - len(best)
    ax.set_title(f"weights of features{f' ({rest} smaller ones not shown)' if rest else ''}", fontsize="medium")
    return ax


def correlations(source: Any, *, key: str = "schema", ax: "Axes | None" = None) -> "Axes":
    """Correlation of distances with the reference and with each modality, at equal weights and at Schema's.

    source : Schema, AnnData or MuData; key : of uns
    """
    model, names = _model(source, key)
    ax = _axes(ax)
    before, after = model.modality_correlations_
    reference = model.covariances_.correlations(np.ones(len(model.weights_)))[0]
    before, after = np.r_[reference, before], np.r_[model.reference_correlation_, after]
    rows = np.arange(len(before))
    ax.hlines(rows, before, after, color="0.7")
    ax.plot(before, rows, "o", color="0.5", label="equal weights")
    ax.plot(after, rows, "o", color="C0", label="Schema")
    ax.axvline(0, color="0.5", linewidth=0.8)
    ax.set_yticks(rows, ["reference", *names])
    ax.invert_yaxis()
    ax.set_xlabel("correlation of distances")
    ax.legend(fontsize="small")
    return ax


def path(source: Any, s: Iterable[float] | None = None, *, key: str = "schema", ax: "Axes | None" = None) -> "Axes":
    """What is gained as less of the reference distance is kept: each modality's correlation against s.

    source : Schema, AnnData or MuData; s : values of min_correlation, by default some from 0.5 to 0.999; key : of uns
    """
    model, names = _model(source, key)
    ax = _axes(ax)
    table = model.path([0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999] if s is None else s)
    for j, name in enumerate(names):
        (line,) = ax.plot(table["s"], table[f"after[{j}]"], "o-", markersize=3, label=name)
        ax.axhline(model.modality_correlations_[0][j], color=line.get_color(), linewidth=0.8, linestyle=":")
    ax.axvline(model.min_correlation, color="0.5", linewidth=0.8)
    ax.set_xlabel("s, least correlation with the reference")
    ax.set_ylabel("correlation of distances")
    ax.legend(title="dotted: equal weights", fontsize="small", title_fontsize="small")
    return ax


def _model(source: Any, key: str) -> tuple[Schema, list[str]]:
    """The fitted estimator, and the names of its modalities."""
    if is_anndata(source):
        from schema_core import tl

        return tl.fitted(source, key), [str(name) for name in source.uns[key]["modalities"].index]
    if not isinstance(source, Schema) or not hasattr(source, "weights_"):
        raise InvalidInput(
            f"nothing to draw of a {type(source).__name__}; give a fitted Schema, an AnnData or a MuData"
        )
    return source, [f"modality {j}" for j in range(len(source.modality_correlations_[0]))]


def _axes(ax: "Axes | None") -> "Axes":
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(layout="constrained")
    return ax
