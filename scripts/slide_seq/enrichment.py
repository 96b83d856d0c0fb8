"""Which gene sets the top genes of each puck are enriched in, and in how many pucks the same ones come out.

(Paper: Results, Slide-seq: shares of enriched GO terms found in all three pucks, and in at least two.) The number of
top genes is not stated there, so that several are taken. The shares are of biological processes; where the sets do not
tell the branches of the Gene Ontology apart, they are of all three. Terms of other branches that the paper names are
tested along.
"""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from evaluation.enrichment import enrich
from formats.gmt import BRANCHES, GeneSets, of_branch, read_gmt
from running import step, write_table

PROCESS = BRANCHES[0]


def top_genes(scores: pd.DataFrame, k: int) -> list[str]:
    """The k genes of highest score of one ranking; ties in the order of their names."""
    known = scores.dropna(subset=["score"])
    return known.sort_values(["score", "gene"], ascending=[False, True])["gene"].head(k).tolist()


def enriched(
    rankings: pd.DataFrame, gmts: dict[str, GeneSets], tops: list[int], methods: list[str], limits: dict
) -> Iterator[pd.DataFrame]:
    """For each method, puck, number of top genes and library: the test of every set that shares a gene with them.

    rankings : the common format with a column puck; the genes that a method scored are the background
    limits : of the sizes of sets, and those exempt from it, as ``enrich`` takes them
    """
    chosen = rankings.query("positions == 'observed' and kind == 'final'")
    for (method, puck), rows in chosen[chosen["method"].isin(methods)].groupby(["method", "puck"], sort=False):
        background = rows.dropna(subset=["score"])["gene"].tolist()
        for top in tops:
            genes = top_genes(rows, top)
            for library, gmt in gmts.items():
                found = enrich(genes, background, gmt, **limits)
                found = found[found["overlap"] > 0]  # q counts the others as well
                yield found.assign(method=method, puck=puck, top=top, library=library)


def shares(terms: pd.DataFrame, q_values: list[float], n_pucks: int) -> pd.DataFrame:
    """Rows (method, library, top, q_below, any, two, three, share_2of3, share_3of3).

    any : terms enriched in at least one puck; two, three : in at least two, and in all of the ``n_pucks``. A share of
    no term at all is NaN.
    """
    runs, rows = ["method", "library", "top"], []
    for run, of_run in terms[terms["branch"].isin(["", PROCESS])].groupby(runs, sort=False):
        for q in q_values:
            counts = of_run.loc[of_run["q"] < q].groupby("term")["puck"].nunique()
            found, two, three = len(counts), int((counts >= 2).sum()), int((counts >= n_pucks).sum())
            row = dict(zip(runs, run, strict=True)) | {"q_below": q, "any": found, "two": two, "three": three}
            missing = float("nan")
            row |= {"share_2of3": two / found if found else missing, "share_3of3": three / found if found else missing}
            rows.append(row)
    return pd.DataFrame(rows)


if __name__ == "__main__":
    with step(snakemake):
        inputs, outputs, params = snakemake.input, snakemake.output, snakemake.params
        gmts = {library: read_gmt(Path(inputs[library])) for library in ("go", "reactome")}
        gmts["go"] = of_branch(gmts["go"], PROCESS, params.limits["named"])
        rankings = pd.read_parquet(inputs.rankings)
        terms = pd.concat(enriched(rankings, gmts, params.tops, params.methods, params.limits), ignore_index=True)
        write_table(terms, outputs.terms, digits=6)
        write_table(shares(terms, params.q_values, params.n_pucks), outputs.shares)
