"""Schema for AnnData and MuData: tables are named by strings, and results are kept with the cells.

    from schema_core import tl
    tl.schema(adata, "X_pca", {"age": "obs/age", "batch": {"values": "obs/batch", "weight": -0.5}})
    scanpy.pp.neighbors(adata, use_rep="X_schema")

A table is "X", "obs/<column>", "obsm/<key>" or "layers/<key>"; of a MuData, "<modality>:" stands before it, as in
"atac:obsm/X_lsi". A name alone is a key of obsm.
"""

from typing import Any

from schema_core import __version__
from schema_core.annotated import table
from schema_core.asking import Asked, transformed
from schema_core.errors import InvalidInput
from schema_core.estimator import Schema
from schema_core.given import is_anndata
from schema_core.keeping import check_can_be_kept, described, from_plain, parameters, put, results, scores_of


def schema(
    data: Any,
    use_rep: str = "X_pca",
    modalities: Any = None,
    *,
    key_added: str = "schema",
    reference: Any = None,
    sample_weight: str | None = None,
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
    sample_weight : str
        The table, such as "obs/weight", that says how many cells each stands for.
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
    _check_writable(data, copy)
    if dtype not in ("float32", "float64"):
        raise InvalidInput(f"dtype={dtype!r} is unknown; use 'float64' or 'float32'")
    model = Schema(**parameters)
    check_can_be_kept(model.basis)
    asked = Asked.of(data, use_rep, modalities, reference, sample_weight)
    asked.fit(model)
    weighted = transformed(model, asked.trusted, dtype)
    kept = described(model, asked) | {"version": __version__, "dtype": dtype}
    kept |= {} if sample_weight is None else {"sample_weight": sample_weight}
    scores = scores_of(model, asked.trusted)
    data = data.copy() if copy else data
    put(data, asked.trusted, f"X_{key_added}", weighted)
    data.uns[key_added] = kept
    if scores is not None:
        holder = data.mod[asked.trusted.modality] if asked.trusted.modality else data
        holder.var[f"{key_added}_score"] = scores
    return data if copy else None


def fitted(data: Any, key: str = "schema", *, with_data: bool = False) -> Schema:
    """The estimator that :func:`schema` fitted, from ``uns[key]`` alone: weights, correlations, path, transform.

    with_data : whether to read the tables and fit again, for what visits the cells: control and stability
    """
    if not with_data:
        return from_plain(results(data, key))
    again = arguments(data, key)
    words = {name: again.pop(name, None) for name in ("use_rep", "modalities", "reference", "sample_weight")}
    return Asked.of(data, **words).fit(Schema(**{name: again[name] for name in Schema().get_params(deep=False)}))


def summary(data: Any, key: str = "schema") -> str:
    """One screen of text: what :func:`schema` was asked, kept and gained, and the certificate."""
    said = fitted(data, key).summary()
    for j, name in enumerate(results(data, key)["modalities"].index):
        said = said.replace(f"modalities[{j}]", str(name))
    return said


def arguments(data: Any, key: str = "schema") -> dict[str, Any]:
    """What :func:`schema` was called with: ``tl.schema(data, **tl.arguments(data))`` gives the same again."""
    kept = results(data, key)
    asked = {str(name): dict(row) for name, row in kept["modalities"][["values", "kind", "weight"]].iterrows()}
    given = {"use_rep": str(kept["use_rep"]), "modalities": asked, "key_added": key, "dtype": str(kept["dtype"])}
    if "reference" in kept:
        given["reference"] = {name: str(kept["reference"][name]) for name in ("values", "kind")}
    given |= {"sample_weight": str(kept["sample_weight"])} if "sample_weight" in kept else {}
    return given | parameters(kept)


def transform(data: Any, like: Any, key_added: str = "schema") -> None:
    """Weight other cells as :func:`schema` did those of ``like``; sets ``obsm["X_<key_added>"]``.

    data : AnnData or MuData with the same table, whose columns (genes) are the same in the same order
    like : AnnData or MuData with results in ``uns[key_added]``
    """
    kept = results(like, key_added)
    source = table(data, str(kept["use_rep"]), "use_rep")
    put(data, source, f"X_{key_added}", transformed(from_plain(kept), source, str(kept["dtype"])))


def _check_writable(data: Any, copy: bool) -> None:
    if not is_anndata(data):
        raise InvalidInput(f"data are of type {type(data).__name__}; give an AnnData or a MuData")
    if getattr(data, "isbacked", False) and (copy or data.is_view):
        what = "cannot be copied" if copy else "are a view, which cannot take results"
        raise InvalidInput(f"data are in a file, and {what}; read them first, with data.to_memory()")
