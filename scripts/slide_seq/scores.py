"""How far the rankings of two pucks agree, for every method and control (paper: Fig 4e).

Spearman's ρ over the genes scored in both pucks, the same with mean expression held fixed (partial ρ), and the overlap
of the top genes. "all" are the genes that the method scored; "common" those of the smallest declared subset that every
method scored in every puck, so that methods that scored few genes and methods that scored all can be compared.
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from evaluation.scores import partial_rank_agreement, rank_agreement
from running import read_table, step, write_parquet, write_table
from running.fresh_process import read_status
from slide_seq.ranking import POSITIONS, first_genes, ranking

TOPS = (50, 100, 200)
RUN = ["method", "positions", "kind"]
MEAN = "mean_expression"


def pair_scores(one: pd.Series, other: pd.Series, mean: pd.Series) -> dict:
    """rho, p, n, partial_rho (given ``mean``) and top<k> (share of the k highest genes that are the same).

    one, other, mean : by gene; a gene that is not finite in both is left out. A top is NaN with fewer than 2 k genes,
    where half would be shared by chance.
    """
    both = pd.concat([one, other], axis=1, join="inner").replace([np.inf, -np.inf], np.nan).dropna()
    a, b = both.iloc[:, 0], both.iloc[:, 1]
    found = rank_agreement(a, b)._asdict()
    found["partial_rho"] = partial_rank_agreement(a, b, mean.reindex(both.index)) if found["n"] >= 3 else np.nan
    for k in TOPS:
        shared = len(a.nlargest(k).index.intersection(b.nlargest(k).index)) / k
        found[f"top{k}"] = shared if len(both) >= 2 * k else np.nan
    return found


def common_genes(rankings: pd.DataFrame, genes: pd.DataFrame, declared: int | None) -> pd.Index:
    """Those of the declared genes that have a finite score in every ranking."""
    scores = rankings.pivot(index="gene", columns=[*RUN, "puck"], values="score")
    return scores.index[np.isfinite(scores).all(axis=1)].intersection(first_genes(genes, declared))


def all_pairs(rankings: pd.DataFrame, genes: pd.DataFrame, declared: int | None) -> Iterator[dict]:
    """One row per run, set of genes and pair of pucks; the partial correlation is given the pair's mean expression.

    rankings : the common format with a column puck; genes : gene, puck, mean
    """
    means = {puck: rows.set_index("gene")["mean"] for puck, rows in genes.groupby("puck")}
    common = common_genes(rankings, genes, declared)
    for run, rows in rankings.groupby(RUN, sort=False):
        scores = {puck: part.set_index("gene")["score"] for puck, part in rows.groupby("puck")}
        for a, b in combinations(sorted(scores), 2):
            mean = (means[a] + means[b]) / 2
            labels = dict(zip(RUN, run, strict=True)) | {"puck_a": a, "puck_b": b}
            yield labels | {"genes": "all"} | pair_scores(scores[a], scores[b], mean)
            yield labels | {"genes": "common"} | pair_scores(scores[a].reindex(common), scores[b].reindex(common), mean)


def mean_rankings(genes: pd.DataFrame) -> pd.DataFrame:
    """Mean expression alone as a ranking of each puck. It does not know positions: both kinds are the same."""
    tables = [
        ranking(rows["gene"], rows["mean"], method=MEAN, positions=positions).assign(puck=puck)
        for puck, rows in genes.groupby("puck")
        for positions in POSITIONS
    ]
    return pd.concat(tables, ignore_index=True)


def read_rankings(paths: list[str], statuses: list[str], pucks: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All rankings with their puck, and how each method ended (method, puck, state, reason).

    paths : .../<puck>/rankings/<method>.parquet; statuses : the same with .json, for methods that may fail
    """
    ended = {path.removesuffix(".json"): read_status(path) for path in statuses}
    tables, states = [], []
    for path in paths:
        stem = path.removesuffix(".parquet")
        puck, _, method = stem.split("/")[-3:]
        assert puck in pucks, path
        status = ended.get(stem)
        failed = status is not None and status.failed
        states.append((method, puck, "failed" if failed else "done", status.reason if failed else ""))
        if not failed:
            tables.append(pd.read_parquet(path).assign(puck=puck))
    return pd.concat(tables, ignore_index=True), pd.DataFrame(states, columns=["method", "puck", "state", "reason"])


if __name__ == "__main__":
    with step(snakemake):
        inputs, outputs, params = snakemake.input, snakemake.output, snakemake.params
        rankings, states = read_rankings(list(inputs.rankings), list(inputs.statuses), params.pucks)
        genes = read_table(inputs.genes)
        everything = pd.concat([rankings, mean_rankings(genes)], ignore_index=True)
        write_parquet(everything, outputs.rankings, index=False)
        write_table(pd.DataFrame(all_pairs(everything, genes, params.declared)), outputs.pairs)
        write_table(states, outputs.methods)
