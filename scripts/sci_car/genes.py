"""Which genes Schema weights up, whether they tell proximal tubule cells apart, and what they do (paper: Results).

The paper does not say how weights of components become scores of genes. Three ways are computed: "softmax" and
"top-loading", which the released package has, and "gain", the softmax score over the one that equal weights would
give; the first two also rank genes that simply vary most. Controls: equal weights, and the ATAC of other cells. Weights
and their bootstraps come from ``sci_car.weights``.
"""

from collections.abc import Iterator

import anndata
import numpy as np
import pandas as pd
import scanpy as sc
from scipy.stats import false_discovery_control, ttest_ind

from baselines.normalise import as_log
from evaluation.enrichment import enrich
from formats.gmt import read_gmt
from running import InputError, read_table, step, write_table
from schema_core import gene_scores
from sci_car.cells import is_proximal_tubule, load_cells
from sci_car.gains import EQUAL, FIRST
from sci_car.weights import ALL_CELLS, by_resample

WAYS = ("softmax", "top-loading", "gain", EQUAL)


def scored_genes(weights: np.ndarray, loadings: np.ndarray, names: pd.Index) -> pd.DataFrame:
    """Score of each gene (rows) in each of WAYS (columns), from weights (k,) and loadings (k, genes)."""
    equal = gene_scores(np.ones_like(weights), loadings)
    softmax = gene_scores(weights, loadings)
    top = gene_scores(weights, loadings, "top-loading")
    # a gene that hardly loads anywhere has a ratio of roundings
    gain = np.where(equal > np.quantile(equal, 0.25), softmax / np.maximum(equal, np.finfo(float).tiny), 0.0)
    return pd.DataFrame(dict(zip(WAYS, (softmax, top, gain, equal), strict=True)), index=names)


def differential_expression(expression: anndata.AnnData, labels: pd.Series) -> pd.DataFrame:
    """Welch's t and two-sided p of each gene, each proximal tubule type against all other labelled cells.

    expression : log-normalised, (n, genes); labels : (n,)
    Rows (gene, cell_type, t, p).
    """
    kept = expression[labels.notna().to_numpy()].copy()
    kept.obs["cell_type"] = labels[labels.notna()].astype(str).astype("category").to_numpy()
    tubule = kept.obs["cell_type"][is_proximal_tubule(kept.obs["cell_type"]).to_numpy()]
    size = tubule.astype(str).value_counts()
    types = sorted(size.index[(size >= 2) & (len(kept) - size >= 2)])
    if not types:
        raise InputError(
            "the labelled cells", "no type of the proximal tubule has two, and two others", "use more data"
        )
    sc.tl.rank_genes_groups(kept, "cell_type", groups=types, method="t-test")
    found = sc.get.rank_genes_groups_df(kept, group=types)
    if len(types) == 1:
        found["group"] = types[0]
    names = {"names": "gene", "group": "cell_type", "scores": "t", "pvals": "p"}
    return found.rename(columns=names)[["gene", "cell_type", "t", "p"]].fillna({"t": 0.0, "p": 1.0})


def set_tests(scores: pd.DataFrame, expressed: pd.DataFrame, top: int) -> Iterator[dict]:
    """Per way and proximal tubule type, whether the ``top`` genes differ more than the others do.

    The one-sided Welch test on |t| of the chosen genes against the rest, with q over the types; and the share of the
    chosen genes that themselves differ at q < 0.01 (both directions, over all genes and the type).
    """
    of_types = [
        (cell_type, of_type["t"].abs()[scores.index], false_discovery_control(of_type["p"][scores.index]) < 0.01)
        for cell_type, of_type in expressed.set_index("gene").groupby("cell_type")
    ]
    for way in WAYS:
        inside = scores.index.isin(scores[way].nlargest(top).index)
        rows = []
        for cell_type, strength, differs in of_types:
            test = ttest_ind(strength[inside], strength[~inside], equal_var=False, alternative="greater")
            rows.append({"way": way, "cell_type": cell_type, "p": test.pvalue, "share": differs[inside].mean()})
        for row, q in zip(rows, false_discovery_control([row["p"] for row in rows]), strict=True):
            yield row | {"q": q}


def terms(scores: pd.DataFrame, gmt: str, top: int, limits: dict) -> pd.DataFrame:
    """Enrichment of the ``top`` genes of each way among all genes measured, per term of the Gene Ontology.

    limits : of the sizes of terms, and those exempt from it, as ``enrich`` takes them
    """
    sets = read_gmt(gmt)
    tables = {way: enrich(scores[way].nlargest(top).index, scores.index, sets, **limits) for way in WAYS}
    return pd.concat([table.assign(way=way) for way, table in tables.items()], ignore_index=True)


if __name__ == "__main__":
    with step(snakemake):
        inputs, params, outputs = snakemake.input, snakemake.params, snakemake.output
        cells = load_cells(inputs.cells)
        reduced = anndata.read_h5ad(inputs.reduced)
        expression = anndata.AnnData(as_log(cells["rna"].X), var=cells["rna"].var[[]])
        expressed = differential_expression(expression, cells.obs["cell_type"])
        tests, firsts = [], []
        for key, weights in by_resample(read_table(inputs.weights)):
            scores = scored_genes(weights, reduced.varm["rna_svd"].T, reduced.var_names)
            tests += [row | key for row in set_tests(scores, expressed, params.top)]
            firsts += [key | {"way": way, "gene": gene} for way in WAYS for gene in scores[way].nlargest(FIRST).index]
            if key == ALL_CELLS:
                of_all = scores
        tables = {"genes": of_all.rename_axis("gene").reset_index(), "expressed": expressed}
        tables |= {"sets": pd.DataFrame(tests), "firsts": pd.DataFrame(firsts)}
        tables["terms"] = terms(of_all, inputs.gmt, params.top, params.set_limits)
        for name, table in tables.items():
            write_table(table, outputs[name])
