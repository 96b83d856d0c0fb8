"""The authors' released package, schema_learn 0.2, unmodified, in its mode "scale", on the same components."""

import anndata

from baselines.schema_learn import run_schema_learn
from sci_car.embedding import save_embedding


def embed(
    out: str,
    reduced: str,
    seed: int,
    *,
    basis: str,
    min_correlation: float,
    max_weight_ratio: float,
    schema_learn: dict,
) -> None:
    """The components ``basis`` as it weights them; ``schema_learn`` holds its number of sampled pairs.

    It sets NumPy's seed itself, always to the same, so that ``seed`` changes nothing.
    """
    table = anndata.read_h5ad(reduced)
    limits = {"min_correlation": min_correlation, "max_weight_ratio": max_weight_ratio, **schema_learn}
    model = run_schema_learn(table.obsm[basis], [table.obsm["atac_svd"]], ["feature_vector"], [1], **limits)
    save_embedding(out, table.obs_names, model.transform(table.obsm[basis]))
