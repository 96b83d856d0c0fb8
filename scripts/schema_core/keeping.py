"""A fitted estimator as plain arrays, numbers and text, as AnnData's uns keeps them, and back. Nothing is pickled."""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn import decomposition

from schema_core.annotated import Table
from schema_core.asking import Asked
from schema_core.basis import Whitened, gene_scores
from schema_core.covariances import Covariances
from schema_core.errors import InvalidInput
from schema_core.estimator import Schema
from schema_core.fitted import name_columns, weight_names
from schema_core.problem import Certificate, Solution

OF_ITS_OWN = "a transformer"  # what stands for one that has no name
logger = logging.getLogger("schema_core.tl")


def check_can_be_kept(basis: Any) -> None:
    """Raise where a basis could not be made again from arrays."""
    kind = type(basis).__name__
    if basis is not None and not isinstance(basis, str) and getattr(decomposition, kind, None) is not type(basis):
        raise InvalidInput(
            f"basis is of type {kind}, which cannot be kept with the data; use a name or a class of "
            "sklearn.decomposition, or put what it gives into obsm and name that as use_rep"
        )


def as_plain(model: Schema) -> dict[str, Any]:
    """Everything that :func:`from_plain` needs."""
    kept = {
        "params": _without_none(model.get_params(deep=False) | {"basis": _name(model.basis)}),
        "features": np.array(model.feature_names_in_, dtype=str),
        "weights": pd.DataFrame({"weight": model.weights_}, index=pd.Index(weight_names(model)).astype(str)),
        "objective": model.objective_,
        "reference_correlation": model.reference_correlation_,
        "status": model.status_,
        "certificate": asdict(model.certificate_),
        "covariances": _plain(model.covariances_),
    }
    if model.basis_ is not None:
        whitened = isinstance(model.basis_, Whitened)
        basis = model.basis_.basis_ if whitened else model.basis_
        kept["basis"] = {"class": type(basis).__name__, "params": json.dumps(basis.get_params())}
        kept["basis"] |= {name: value for name, value in vars(basis).items() if _is_fitted(name, value)}
        kept["basis"] |= {"whitened": model.basis_.scale_} if whitened else {}
    if model._levels is not None:
        kept["levels"] = json.dumps(model._levels)
    return kept


def from_plain(kept: dict[str, Any]) -> Schema:
    """The estimator as it was fitted, but for its moments: what needs the data again is not there."""
    model = Schema(**parameters(kept))
    model.covariances_, model.moments_, model.control_ = _covariances(kept["covariances"]), None, None
    model._observed, model._gamma = None, kept["modalities"]["weight"].to_numpy(dtype=float)
    model._levels = [tuple(field) for field in json.loads(str(kept["levels"]))] if "levels" in kept else None
    model.n_features_in_ = len(kept["features"])
    name_columns(model, pd.Index(np.asarray(kept["features"], dtype=object)))
    model.basis_ = _basis(kept)
    certificate = Certificate(kept["certificate"]["kind"], *(float(kept["certificate"][x]) for x in ("bound", "gap")))
    weights = kept["weights"]["weight"].to_numpy(dtype=float)
    return model._take(Solution(weights, float(kept["objective"]), certificate, str(kept["status"])))


def parameters(kept: dict[str, Any]) -> dict[str, Any]:
    """The parameters of the estimator, for which what is None was left out."""
    given = {name: value.item() if isinstance(value, np.generic) else value for name, value in kept["params"].items()}
    given = dict.fromkeys(Schema().get_params(deep=False)) | given
    if given["basis"] == OF_ITS_OWN:
        given["basis"] = _basis(kept)
    return given


def _plain(covariances: Covariances) -> dict[str, Any]:
    """Fields by name; of those that hold covariances of their own, by number, the same."""
    found = {one.name: getattr(covariances, one.name) for one in fields(Covariances)}
    return {
        name: {str(j): _plain(one) for j, one in value.items()} if isinstance(value, Mapping) else value
        for name, value in found.items()
        if not isinstance(value, Mapping) or value
    }


def _covariances(kept: Mapping[str, Any]) -> Covariances:
    plain: dict[str, Any] = {
        name: {int(j): _covariances(one) for j, one in value.items()} if isinstance(value, Mapping) else value
        for name, value in kept.items()
    }
    return Covariances(**plain | {"n_pairs": int(plain["n_pairs"])})


def _name(basis: Any) -> str | None:
    return basis if basis is None or isinstance(basis, str) else OF_ITS_OWN


def _basis(kept: dict[str, Any]) -> Any:
    """The fitted transformer, if there was one."""
    if "basis" not in kept:
        return None
    plain = kept["basis"]
    basis = getattr(decomposition, str(plain["class"]))(**json.loads(str(plain["params"])))
    vars(basis).update({name: value for name, value in plain.items() if name.endswith("_")})
    return Whitened.of(basis, plain["whitened"]) if "whitened" in plain else basis


def _is_fitted(name: str, value: Any) -> bool:
    plain = isinstance(value, np.ndarray | np.generic | int | float | str)
    return plain and name.endswith("_") and not name.startswith("_")


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def described(model: Schema, asked: Asked) -> dict[str, Any]:
    """The fitted estimator, and the tables that it was fitted to."""
    before, after = model.modality_correlations_
    given = asked.modalities
    columns = {
        "values": [asked.tables[name].place for name in given],
        "kind": [one.kind for one in given.values()],
        "weight": [float(one.weight) for one in given.values()],
        "before": before,
        "after": after,
        "pairs": np.array(model.modality_pairs_, dtype=float),
    }
    kept = as_plain(model) | {"use_rep": asked.trusted.place, "modalities": pd.DataFrame(columns, index=list(given))}
    if asked.reference is not None:
        kept["reference"] = {"values": asked.tables["reference"].place, "kind": asked.reference.kind}
    return kept


def scores_of(model: Schema, source: Table) -> np.ndarray | None:
    """A score for each gene, where columns are genes or are made of them."""
    loadings = getattr(source.holder, "varm", {})
    if source.of_genes:
        return model.gene_scores() if model.basis is None or hasattr(model.basis_, "components_") else None
    if source.key != "X_pca" or model.basis is not None or "PCs" not in loadings:
        return None
    components = np.asarray(loadings["PCs"]).T
    return gene_scores(model.weights_, components) if len(components) == len(model.weights_) else None


def put(data: Any, source: Table, key: str, weighted: Any) -> None:
    """Into obsm; rows of NaN for cells that the table lacks."""
    if data.obs_names.equals(source.rows):
        data.obsm[key] = weighted
        return
    weighted = weighted.toarray() if sparse.issparse(weighted) else weighted
    places = source.rows.get_indexer(data.obs_names)
    data.obsm[key] = np.where((places < 0)[:, None], np.nan, weighted[places]).astype(weighted.dtype)
    logger.info("obsm[%r]: %d of %d cells lack %s and have NaN", key, (places < 0).sum(), len(places), source.place)


def results(data: Any, key: str) -> dict[str, Any]:
    """What is kept under a key of uns; InvalidInput where that is none of Schema's."""
    kept = getattr(data, "uns", {}).get(key)
    if not isinstance(kept, Mapping) or "covariances" not in kept:
        have = [
            name for name, one in getattr(data, "uns", {}).items() if isinstance(one, Mapping) and "covariances" in one
        ]
        raise InvalidInput(
            f"uns holds no results of schema under {key!r}; {f'there are {have}' if have else 'call tl.schema first'}"
        )
    return dict(kept)
