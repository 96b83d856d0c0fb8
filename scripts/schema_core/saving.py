"""A fitted estimator as plain arrays, numbers and text, as AnnData's uns keeps them, and back. Nothing is pickled."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import pandas as pd
from sklearn import decomposition

from schema_core.covariances import Covariances
from schema_core.errors import InvalidInput
from schema_core.estimator import Schema
from schema_core.fitted import name_columns
from schema_core.problem import Certificate


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
    certificate = asdict(model.certificate_)
    kept = {
        "params": _without_none(model.get_params(deep=False) | {"basis": _described(model.basis)}),
        "features": np.array(model.feature_names_in_, dtype=str),
        "weights": pd.DataFrame({"weight": model.weights_}, index=pd.Index(model.get_feature_names_out()).astype(str)),
        "objective": model.objective_,
        "reference_correlation": model.reference_correlation_,
        "status": model.status_,
        "certificate": certificate,
        "covariances": _plain(model.covariances_),
    }
    if model.basis_ is not None:
        kept["basis"] = {"class": type(model.basis_).__name__, "params": json.dumps(model.basis_.get_params())}
        kept["basis"] |= {name: value for name, value in vars(model.basis_).items() if _is_fitted(name, value)}
    if model._levels is not None:
        kept["levels"] = json.dumps(model._levels)
        kept["weights"] = pd.DataFrame({"weight": model.weights_}, index=kept["features"])
    return kept


def from_plain(kept: dict[str, Any], gamma: np.ndarray, before: np.ndarray, after: np.ndarray) -> Schema:
    """The estimator as it was fitted, but for its moments: what needs the data again is not there.

    gamma : (J,) weights of the modalities; before, after : (J,) their correlations
    """
    model = Schema(**parameters(kept))
    model.weights_ = kept["weights"]["weight"].to_numpy(dtype=float)
    model.objective_, model.status_ = float(kept["objective"]), str(kept["status"])
    model.reference_correlation_ = float(kept["reference_correlation"])
    model.modality_correlations_ = (before, after)
    certificate = {name: value if name == "kind" else float(value) for name, value in kept["certificate"].items()}
    model.certificate_ = Certificate(**certificate)
    model.covariances_, model.moments_, model._gamma = _covariances(kept["covariances"]), None, gamma
    model._levels = [tuple(field) for field in json.loads(str(kept["levels"]))] if "levels" in kept else None
    model.n_features_in_ = len(kept["features"])
    name_columns(model, pd.Index(np.asarray(kept["features"], dtype=object)))
    model.basis_ = None
    if "basis" in kept:
        model.basis_ = _unfitted(str(kept["basis"]["class"]), str(kept["basis"]["params"]))
        vars(model.basis_).update({name: value for name, value in kept["basis"].items() if name.endswith("_")})
    return model


def parameters(kept: dict[str, Any]) -> dict[str, Any]:
    """The parameters of the estimator, for which what is None was left out."""
    given = {name: value.item() if isinstance(value, np.generic) else value for name, value in kept["params"].items()}
    given = dict.fromkeys(Schema().get_params(deep=False)) | given
    if given["basis"] and "(" in given["basis"]:
        given["basis"] = _unfitted(*given["basis"].rstrip(")").split("(", 1))
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
    plain = {
        name: {int(j): _covariances(one) for j, one in value.items()} if isinstance(value, Mapping) else value
        for name, value in kept.items()
    }
    return Covariances(**plain | {"n_pairs": int(kept["n_pairs"])})


def _described(basis: Any) -> str | None:
    """A name as it is; a transformer as its class with its parameters in JSON, as in 'PCA({"n_components": 2})'."""
    return (
        basis
        if basis is None or isinstance(basis, str)
        else f"{type(basis).__name__}({json.dumps(basis.get_params())})"
    )


def _unfitted(kind: str, params: str) -> Any:
    return getattr(decomposition, kind)(**json.loads(params))


def _is_fitted(name: str, value: Any) -> bool:
    plain = isinstance(value, np.ndarray | np.generic | int | float | str)
    return plain and name.endswith("_") and not name.startswith("_")


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
