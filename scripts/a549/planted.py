"""What is planted in simulated A549 genes against what the tables say."""

from collections.abc import Iterator, Mapping
from itertools import combinations

import pandas as pd

from a549.names import ALL, EXPRESSIONS, OBSERVED, at_shown
from evaluation.planted import SURE, apart, effect, higher, read_truth, write_effects
from running import read_table, step

FIGURE = "A549"


def of_truth(truth: Mapping, genes: pd.DataFrame, places: pd.DataFrame, weights: pd.DataFrame) -> Iterator[dict]:
    """Kernels that see promoters, and the genes of programmes."""
    far, near = (-end for end in truth["promoter"])
    kernels = weights[(weights["side"] <= 0) & (weights["low"] >= near) & (weights["high"] <= 2 * far + 100)]
    mean = kernels.groupby(["order", "draw"])["weight"].mean()
    observed = mean.index.get_level_values("order") == OBSERVED
    sure, words = apart(mean[observed], mean[~observed], "with the expression of other genes")
    yield effect(
        FIGURE,
        "Promoters tell how much a gene is expressed",
        f"peaks {near} to {far} bp upstream tell, all others nothing",
        f"Schema weights up {', '.join(kernels['kernel'].unique())}",
        f"mean weight {words}",
        sure,
        "the ranges meet",
    )
    stable = genes["gene"].str.replace(r"\.\d+$", "", regex=True)
    rank = pd.Series(-genes["variability"].to_numpy(), index=stable)
    own = [gene for programme in truth["programmes"] for gene in programme]
    seen = higher(rank, own)
    yield effect(
        FIGURE,
        "Genes of programmes vary from cell to cell",
        f"{len(own)} genes in {len(truth['programmes'])} programmes",
        "they rank before other genes by variability",
        seen.words,
        seen.sure,
        f"p has to be below {SURE}",
    )
    tads = places.groupby("gene")["tad"].agg(set)
    pairs = [pair for programme in truth["programmes"] for pair in combinations(programme, 2)]
    together = sum(bool(tads.get(a, set()) & tads.get(b, set())) for a, b in pairs)
    yield effect(
        FIGURE,
        "The genes of a programme lie in one domain",
        f"{len(pairs)} pairs of genes",
        "starts of transcription were joined with their domains",
        f"{together} pairs share a domain",
        together == len(pairs),
        "a gene was put into another domain, or into none",
    )


def of_tables(correlations: pd.DataFrame, tads: pd.DataFrame) -> Iterator[dict]:
    """Expression of a gene's own against that of others; the first and the last quartile's domains."""
    rows = correlations[(correlations["set"] == ALL) & (correlations["expression"] == EXPRESSIONS[0])]
    rows = rows.set_index("order")
    own, others = rows.loc[[OBSERVED], "after"], rows.loc[rows.index != OBSERVED, "after"]
    sure, words = apart(own, others, "with the expression of other genes")
    yield effect(
        FIGURE,
        "Accessible peaks near a gene explain its expression",
        "its level follows its promoter",
        "Schema's distances agree with those of expression more than with those of other genes",
        words,
        sure,
        "the ranges meet",
    )
    names = sorted(set(tads["set"]) - {ALL})  # quartiles
    first, last = (tads[tads["set"] == name] for name in (names[0], names[-1]))
    yield effect(
        FIGURE,
        "Variable genes share domains",
        "each programme fills a domain",
        f"the most variable quarter shares domains in {first['share'].iloc[0]:.2%} of pairs",
        f"random sets {first['median'].median():.2%}, p = {first['p'].max():.1g}",
        bool(first["p"].max() < SURE),
        f"p has to be below {SURE}",
    )
    yield effect(
        FIGURE,
        "Genes that do not vary lie anywhere",
        "no domain is theirs",
        f"the least variable quarter shares domains in {last['share'].iloc[0]:.2%} of pairs, no more than random sets",
        f"random sets {last['median'].median():.2%}, p = {last['p'].min():.1g}",
        bool(last["p"].min() >= SURE),
        f"p is below {SURE}",
    )


def shown_weights(weights: pd.DataFrame, shown: Mapping) -> pd.DataFrame:
    """Weights of all genes with sorted expression at the s and q that are shown, for every order of the genes."""
    rows = weights[(weights["set"] == ALL) & (weights["expression"] == EXPRESSIONS[0])]
    return at_shown(rows, shown)


if __name__ == "__main__":
    with step(snakemake):
        inputs, shown = snakemake.input, snakemake.params.shown
        names = ("genes", "places", "weights", "correlations", "tads")
        genes, places, weights, correlations, tads = (read_table(inputs[name]) for name in names)
        rows = [
            *of_truth(read_truth(inputs.truth), genes, places, shown_weights(weights, shown)),
            *of_tables(at_shown(correlations, shown), tads),
        ]
        write_effects(rows, snakemake.output[0])
