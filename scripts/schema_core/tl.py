"""Schema for AnnData and MuData: tables are named by strings, and results are kept with the cells.

    from schema_core import tl
    tl.schema(adata, "X_pca", {"age": "obs/age", "batch": {"values": "obs/batch", "weight": -0.5}})
    scanpy.pp.neighbors(adata, use_rep="X_schema")

A table is "X", "obs/<column>", "obsm/<key>" or "layers/<key>"; of a MuData, "<modality>:" stands before it, as in
"atac:obsm/X_lsi". A name alone is a key of obsm.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
from anndata import AnnData
from scipy import sparse

from schema_core import __version__
from schema_core.annotated import Table, check_not_empty, check_unique, dtype_in, kind_in, table
from schema_core.errors import InvalidInput, SchemaError
from schema_core.estimator import Schema
from schema_core.fitted import name_columns
from schema_core.given import is_anndata, is_mudata
from schema_core.modality import Modality
from schema_core.moments import Moments
from schema_core.saving import as_plain, check_can_be_kept, from_plain, parameters

LOGGER = logging.getLogger(__name__)
CHUNK_BYTES = 64 * 2**20  # of rows that are read from a file at once


def schema(
    data: Any,
    use_rep: str = "X_pca",
    modalities: Any = None,
    *,
    key_added: str = "schema",
    reference: Any = None,
    dtype: str = "float64",
    copy: bool = False,
    **parameters: Any,
) -> Any:
    """Reweight one table of the cells so that its distances agree with others, and keep what comes out.

    Parameters
    ----------
    data : AnnData or MuData
        Of a file opened with ``backed``, X is read in pieces, twice, and never held.
    use_rep : str
        The table that is trusted, and weighted: its cells are the cells of the result. Default: "X_pca".
    modalities : dict of str, or list of str
        By a name of your choice, the tables to agree with: a string, or a dict with ``values`` (that string), ``kind``
        and ``weight`` as :class:`schema_core.Modality` has them. Without a kind, text and categories are labels, and
        all else is numbers; the log says which. Names of cells join the modalities of a MuData.
    key_added : str
        Results are in ``obsm["X_<key_added>"]`` and ``uns["<key_added>"]``.
    reference : str or dict, like one modality
        What min_correlation refers to; the distance over use_rep by default.
    dtype : "float64" or "float32", of what is written into obsm
    copy : bool
        Whether to leave data as they are, and return a copy with the results.
    **parameters : of :class:`schema_core.Schema`, such as min_correlation, max_weight_ratio, basis, n_components

    Returns
    -------
    None, or the copy. These are set:

    - ``obsm["X_schema"]`` : (N, k), use in place of use_rep; NaN for cells of a MuData that lack use_rep
    - ``uns["schema"]`` : weights, correlations before and after, certificate, and all that :func:`fitted`,
      :func:`arguments` and :func:`transform` need
    - ``var["schema_score"]`` : of a basis over X or a layer, or X_pca where varm has its "PCs": the score of each
      gene (see :func:`schema_core.gene_scores`). Of X or a layer without a basis: the weight of each gene

    Raises
    ------
    SchemaError : in one line, what is wrong and what helps. data are then as they were.
    """
    if not is_anndata(data):
        raise InvalidInput(f"data are of type {type(data).__name__}; give an AnnData or a MuData")
    model = Schema(**parameters)
    check_can_be_kept(model.basis)
    trusted = table(data, use_rep, "use_rep")
    check_unique(trusted.rows, trusted.place, "obs_names")
    if trusted.of_genes:
        check_unique(trusted.columns, trusted.place, "var_names")
    asked = {name: _asked(one, name) for name, one in _named(modalities).items()}
    if reference is not None:
        asked["reference"] = _asked(reference, "reference")
    tables = {name: table(data, one["values"], name) for name, one in asked.items()}
    given = [_modality(name, asked[name], tables[name], trusted.rows) for name in asked]
    with _said_of(trusted, [_title(name, one) for name, one in tables.items()]):
        last = given.pop() if reference is not None else None
        if trusted.in_memory and all(one.in_memory for one in tables.values()):
            model.fit(_frame(trusted), given, last)
        else:
            _fit_in_pieces(model, trusted, given, last)
        weighted = _transformed(model, trusted, np.dtype(dtype))
    kept = _kept(model, trusted.place, asked, tables, given) | {"dtype": np.dtype(dtype).name}
    data = data.copy() if copy else data
    _write(data, trusted, key_added, weighted, kept, _scores(model, trusted))
    return data if copy else None


def fitted(data: Any, key: str = "schema") -> Schema:
    """The estimator that :func:`schema` fitted, from ``uns[key]`` alone: weights, correlations, path, transform.

    Its moments are not kept, so what visits the data again is not there.
    """
    kept = _uns(data, key)
    columns = (kept["modalities"][name].to_numpy(dtype=float) for name in ("weight", "before", "after"))
    return from_plain(kept, *columns)


def arguments(data: Any, key: str = "schema") -> dict[str, Any]:
    """What :func:`schema` was called with: ``tl.schema(data, **tl.arguments(data))`` gives the same again."""
    kept = _uns(data, key)
    asked = {str(name): dict(row) for name, row in kept["modalities"][["values", "kind", "weight"]].iterrows()}
    given = {"use_rep": str(kept["use_rep"]), "modalities": asked, "key_added": key, "dtype": str(kept["dtype"])}
    if "reference" in kept:
        given["reference"] = {name: str(kept["reference"][name]) for name in ("values", "kind")}
    return given | parameters(kept)


def transform(data: Any, like: Any, key_added: str = "schema") -> None:
    """Weight other cells as :func:`schema` did those of ``like``; sets ``obsm["X_<key_added>"]``.

    data : AnnData or MuData with the same table, whose columns (genes) are the same in the same order
    like : AnnData or MuData with results in ``uns[key_added]``
    """
    kept = _uns(like, key_added)
    source = table(data, str(kept["use_rep"]), "use_rep")
    with _said_of(source, []):
        weighted = _transformed(fitted(like, key_added), source, np.dtype(str(kept["dtype"])))
    _put(data, source, f"X_{key_added}", weighted)


def _named(modalities: Any) -> dict[str, Any]:
    """Modalities by name; a list has the tables' own."""
    named = {one: one for one in modalities} if isinstance(modalities, list | tuple) else modalities
    if not isinstance(named, Mapping) or not named or not all(isinstance(name, str) for name in named):
        raise InvalidInput(
            f"modalities are {modalities!r}; give the names of tables, as in {{'age': 'obs/age', 'atac': "
            "'atac:obsm/X_lsi'}}"
        )
    if "reference" in named:
        raise InvalidInput("a modality is called 'reference', which is the name of another argument; rename it")
    return dict(named)


def _asked(one: Any, name: str) -> dict[str, Any]:
    """What was asked of one modality: its table, kind and weight."""
    asked = {"values": one} if isinstance(one, str) else dict(one) if isinstance(one, Mapping) else {}
    wrong = set(asked) - {"values", "kind", "weight"}
    if wrong or "values" not in asked:
        found = f"has the key {min(wrong)!r}" if wrong else f"is {one!r}"
        raise InvalidInput(
            f"{name} {found}; give the name of a table, or {{'values': 'obs/age', 'kind': ..., 'weight': ...}}"
        )
    return {"kind": None, "weight": 1.0} | asked


def _modality(name: str, asked: dict[str, Any], one: Table, rows: pd.Index) -> Modality:
    """The modality of a table, in the order of rows; its kind is inferred where it was not given."""
    said = _title(name, one)
    with _said_of(one, [], said):
        kind = asked["kind"] or kind_in(one)
    how = "as was asked" if asked["kind"] else "give kind for another"
    LOGGER.info("%s: %s, compared as %s (%s)", said, dtype_in(one), kind, how)
    asked["kind"] = kind
    values = one.values
    if one.in_memory or not one.rows.equals(rows):
        values = one.at(rows)
        check_not_empty(values, said)
    if not one.rows.equals(rows):
        LOGGER.info("%s: %d of %d cells have it", said, one.rows.isin(rows).sum(), len(rows))
    with _said_of(one, [], said):
        return Modality(values, kind=kind, weight=asked["weight"])


def _title(name: str, one: Table) -> str:
    return name if name == one.place else f"{name} ({one.place})"


def _frame(source: Table, rows: slice = slice(None)) -> Any:
    """Rows of a table with the names of its cells and columns, nothing copied."""
    if isinstance(source.values, pd.DataFrame):
        return source.values.iloc[rows].set_axis(source.columns, axis=1)
    values = source.some(*rows.indices(len(source.rows))[:2])
    values = values.to_frame() if hasattr(values, "to_frame") else values
    names = {"obs": pd.DataFrame(index=source.rows[rows]), "var": pd.DataFrame(index=source.columns)}
    return AnnData(values if sparse.issparse(values) else np.asarray(values).reshape(len(values), -1), **names)


def _pieces(source: Table) -> Iterator[slice]:
    """Ranges of rows that are read at once: all of those in memory."""
    n = len(source.rows)
    step = n if source.in_memory else max(1, CHUNK_BYTES // (8 * max(1, len(source.columns))))
    return (slice(start, min(start + step, n)) for start in range(0, n, max(1, step)))


def _fit_in_pieces(model: Schema, trusted: Table, given: list[Modality], reference: Modality | None) -> None:
    """Fit from moments of pieces of rows."""
    if model.basis is not None:
        raise InvalidInput(f"a basis needs all of {trusted.place}, which is in a file; read it first: data.to_memory()")
    longest = max([trusted, *(Table("", one.values, trusted.holder) for one in given)], key=lambda one: one.in_memory)
    ranges = _pieces(trusted if not trusted.in_memory else longest)

    def chunk(rows: slice) -> tuple:
        parts = [_part(one, rows) for one in [*given, *([] if reference is None else [reference])]]
        return (trusted.some(rows.start, rows.stop), parts[: len(given)], *parts[len(given) :])

    moments = Moments.from_chunks(map(chunk, ranges), features=model.features)
    model.fit_moments(moments, [one.weight for one in given])
    name_columns(model, trusted.columns)


def _part(one: Modality, rows: slice) -> Modality:
    values = one.values.iloc[rows] if hasattr(one.values, "iloc") else one.values[rows]
    return Modality(values, kind=one.kind, weight=one.weight)


def _transformed(model: Schema, source: Table, dtype: np.dtype) -> Any:
    """(N, k) array or sparse matrix, in the order of the table."""
    parts = [model.transform(_frame(source, rows)).astype(dtype) for rows in _pieces(source)]
    return parts[0] if len(parts) == 1 else sparse.vstack(parts) if sparse.issparse(parts[0]) else np.vstack(parts)


def _kept(
    model: Schema, use_rep: str, asked: dict[str, dict], tables: dict[str, Table], given: list[Modality]
) -> dict[str, Any]:
    """What is put into uns."""
    names = [name for name in asked if name != "reference"]
    before, after = model.modality_correlations_
    described = pd.DataFrame(
        {
            "values": [tables[name].place for name in names],
            "kind": [one.kind for one in given],
            "weight": [float(one.weight) for one in given],
            "before": before,
            "after": after,
        },
        index=names,
    )
    kept = as_plain(model) | {"version": __version__, "use_rep": use_rep, "modalities": described}
    if "reference" in asked:
        kept["reference"] = {"values": tables["reference"].place, "kind": asked["reference"]["kind"]}
    return kept


def _scores(model: Schema, source: Table) -> np.ndarray | None:
    """A score for each gene, where columns are genes or are made of them."""
    loadings = getattr(source.holder, "varm", {})
    if source.of_genes:
        return model.gene_scores() if model.basis is None or hasattr(model.basis_, "components_") else None
    if source.key != "X_pca" or model.basis is not None or "PCs" not in loadings:
        return None
    components = np.asarray(loadings["PCs"]).T
    from schema_core.basis import gene_scores

    return gene_scores(model.weights_, components) if len(components) == len(model.weights_) else None


def _write(data: Any, source: Table, key: str, weighted: Any, kept: dict, scores: np.ndarray | None) -> None:
    _put(data, source, f"X_{key}", weighted)
    data.uns[key] = kept
    if scores is not None:
        holder = data.mod[source.place.partition(":")[0]] if ":" in source.place else data
        holder.var[f"{key}_score"] = scores


def _put(data: Any, source: Table, key: str, weighted: Any) -> None:
    """Into obsm; rows of NaN for cells that the table lacks."""
    if data.obs_names.equals(source.rows):
        data.obsm[key] = weighted
        return
    weighted = weighted.toarray() if sparse.issparse(weighted) else weighted
    places = source.rows.get_indexer(data.obs_names)
    data.obsm[key] = np.where((places < 0)[:, None], np.nan, weighted[places]).astype(weighted.dtype)
    LOGGER.info("obsm[%r]: %d of %d cells lack %s and have NaN", key, (places < 0).sum(), len(places), source.place)


def _uns(data: Any, key: str) -> dict[str, Any]:
    kept = getattr(data, "uns", {}).get(key)
    if not isinstance(kept, Mapping) or "covariances" not in kept:
        have = [
            name for name, one in getattr(data, "uns", {}).items() if isinstance(one, Mapping) and "covariances" in one
        ]
        raise InvalidInput(
            f"uns holds no results of schema under {key!r}; {f'there are {have}' if have else 'call tl.schema first'}"
        )
    return dict(kept)


@contextmanager
def _said_of(source: Table, modalities: list[str], itself: str | None = None) -> Iterator[None]:
    """Errors name tables as the user did, not as arguments of the estimator."""
    try:
        yield
    except SchemaError as error:
        said = re.sub(r"^(X|a modality|Modality values)\b", itself or source.place, str(error))
        for j, name in enumerate(modalities):
            said = said.replace(f"modalities[{j}]", name)
        error.args = (said,)
        raise
