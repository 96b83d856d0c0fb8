"""What is planted in the simulated fly brain against what the tables of Figure 3 say."""

from collections.abc import Iterator

import pandas as pd
from scipy.stats import binomtest

from evaluation.planted import SURE, apart, effect, higher, read_truth, write_effects
from running import read_table, step

TESTED_AGES = (1, 30, 50)  # days: the paper's


def span(genes: list[str]) -> str:
    """A block of genes by its ends."""
    return f"{genes[0]} to {genes[-1]}"


def of_genes(truth: dict, ranking: pd.DataFrame, profile: pd.DataFrame, overlap: pd.DataFrame) -> Iterator[dict]:
    """The two programs of age among the genes that Schema weights up."""
    gain = ranking[ranking["ages"] == "age"].set_index("symbol")["gain"]
    rank = gain.rank(ascending=False)
    for name, word in (("early", "fall"), ("late", "rise")):
        genes, seen = truth[name], higher(gain, truth[name])
        found = f"their median rank is {rank.reindex(genes).median():.0f} of the {len(rank)} genes that Schema scores"
        why = f"Schema does not weight them up more than other genes (p has to be below {SURE})"
        yield effect(
            "Fig 3e", f"{span(genes)} {word} with age", f"{len(genes)} genes", found, seen.words, seen.sure, why
        )
    shown = profile[profile["symbol"].isin(truth["early"])]["late_minus_early"]
    right = int((shown < 0).sum())
    p = binomtest(right, len(shown), alternative="greater").pvalue if len(shown) else 1.0
    yield effect(
        "Fig 3e",
        f"{span(truth['early'])} are active in young flies",
        "higher on the first day than on the last",
        f"{right} of the {len(shown)} in the heat map are",
        f"p = {p:.1g}, sign test",
        p < SURE,
        "too few of them are in the heat map, or they are not active early",
        measured=True,
    )
    of_types = [gene for genes in truth["markers"].values() for gene in genes]
    seen = higher(gain, truth["early"] + truth["late"], of_types)
    yield effect(
        "Fig 3e",
        "Genes of age are not genes of cell types",
        f"{len(of_types)} genes mark a type at every age",
        "Schema weights genes of age up more than genes of types",
        seen.words,
        seen.sure,
        "Schema weights genes of types up as much",
    )
    q = overlap[overlap["age"].isin(TESTED_AGES)].groupby("ages")["q"].max()
    yield effect(
        "Fig 3e",
        "Each gene of age differs between ages by itself",
        "both programs, in every cell",
        f"a test of single genes finds Schema's first genes on days {', '.join(map(str, TESTED_AGES))}",
        f"q = {q['age']:.1g} or less; with equal weights {q['equal weights']:.1g}",
        q["age"] < SURE < q["equal weights"],
        "a test of single genes does not find them, or finds as many without Schema",
    )


def of_pseudotime(pseudotime: pd.DataFrame) -> Iterator[dict]:
    """The progress of age along pseudotime."""
    own = pseudotime[pseudotime["target"] == pseudotime["ages"]]
    true = own[own["ages"] == "age"]
    schema = true[true["method"] == "schema"]
    s = 0.99 if 0.99 in set(schema["min_correlation"]) else schema["min_correlation"].min()
    more, words = apart(
        schema.loc[schema["min_correlation"] == s, "rho"], true.loc[true["method"] == "rna", "rho"], "RNA alone"
    )
    yield effect(
        "Fig 3b",
        "Cells age at a pace of their own, seen in their RNA",
        "progress rises with the logarithm of the day",
        f"pseudotime follows age more with Schema, s = {s:g}, than without",
        f"ρ = {words}",
        more,
        "the ranges over the roots of pseudotime overlap: it hangs on the cell that it starts from",
    )
    middle = own[own["method"] == "schema"].groupby(["ages", "min_correlation"])["rho"].median()
    shuffled = middle.drop("age", level="ages")
    more, words = apart(middle["age"], shuffled, "with shuffled ages")
    yield effect(
        "Fig 3b",
        "Shuffled ages have nothing to do with RNA",
        "ages dealt to other cells of the line",
        "pseudotime follows shuffled ages at no s",
        f"ρ = {words} (medians over roots)",
        more,
        "pseudotime follows shuffled ages as far as true ones",
    )


if __name__ == "__main__":
    with step(snakemake):
        inputs = snakemake.input
        truth = read_truth(inputs.truth)
        ranking, profile, overlap = (read_table(inputs[name]) for name in ("ranking", "profile", "overlap"))
        rows = [*of_genes(truth, ranking, profile, overlap), *of_pseudotime(read_table(inputs.pseudotime))]
        write_effects(rows, snakemake.output[0])
