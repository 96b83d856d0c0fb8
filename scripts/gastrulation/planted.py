"""What is planted in the simulated embryos against what the tables of Figure S1 say."""

from collections.abc import Iterator

import pandas as pd

from evaluation.planted import SURE, apart, effect, higher, read_truth, write_effects
from gastrulation.fit import EQUAL, NO_BATCH, SCHEMA, SHUFFLED
from running import read_table, step

FIGURE = "S1"


def of_cells(truth: dict, candidates: pd.DataFrame) -> Iterator[dict]:
    """The filter and samples that leave the number of cells that was planted."""
    same = candidates[candidates["cells"] == truth["cells"]]
    right = len(same) == 1 and same["analysed"].iloc[0] == "yes" and same["filter"].iloc[0] == truth["filter"]
    yield effect(
        FIGURE,
        "One choice of samples and filter leaves the number of cells that was published",
        f"{truth['cells']} cells: {truth['filter']}",
        "of all candidates it is the only one with as many",
        f"{len(same)} of {len(candidates)} candidates: {', '.join(same['filter'])}",
        bool(right),
        "another candidate has this number, or none has",
    )


def of_genes(truth: dict, genes: pd.DataFrame, s: float) -> Iterator[dict]:
    """Genes of the stage, of the sample, and of both, in the rankings."""
    tables = {variant: rows.set_index("symbol") for variant, rows in genes.groupby("variant")}
    at_s = {
        variant: genes[(genes["variant"] == variant) & (genes["s"] == s)].set_index("symbol")
        for variant in (SCHEMA, NO_BATCH)
    }
    schema = at_s[SCHEMA]["score"]
    stage = truth["early"] + truth["late"]
    touched = {*stage, *truth["both"], *truth["batch"]}
    others = [symbol for symbol in tables[EQUAL].index if symbol not in touched]
    for words, below in (("nothing", others), ("batch", truth["batch"])):
        seen = higher(schema, stage, below)
        yield effect(
            FIGURE,
            f"Genes of stage stand above genes of {words}",
            f"{len(stage)} genes rise or fall with stage, {len(below)} are genes of {words}",
            "Schema scores them higher",
            seen.words,
            seen.sure,
            f"Schema does not score them higher (p has to be below {SURE})",
        )
    with_term, without = (higher(at_s[variant]["score"], stage, truth["batch"]) for variant in (SCHEMA, NO_BATCH))
    yield effect(
        FIGURE,
        "Without the batch term genes of batch pass for genes of stage",
        "samples differ as much as stages",
        "the negative weight of the replicate parts the two further",
        f"genes of stage are higher in {with_term.size:.0%} of pairs with genes of batch, else in {without.size:.0%}",
        with_term.size > without.size,
        "the term makes no difference",
    )
    trend = at_s[SCHEMA]["trend"]
    asked = (("late", "rise", 1), ("early", "fall", -1), ("both", "rise, though samples differ in them too", 1))
    for name, words, sign in asked:
        seen = higher(trend * sign, truth[name], others)
        yield effect(
            FIGURE,
            f"{len(truth[name])} genes {words}",
            f"{truth[name][0]} to {truth[name][-1]}",
            "their correlation with age has this sign",
            seen.words,
            seen.sure,
            "their trends are not told from those of others",
        )


def of_places(scores: pd.DataFrame, agreement: pd.DataFrame, s: float) -> Iterator[dict]:
    """Stage and batch in the places of cells, beside RNA alone and shuffled stages."""

    def value(variant: str, score: str) -> pd.Series:
        rows = scores[(scores["variant"] == variant) & (scores["score"] == score)]
        return rows.loc[rows["s"].isna() | (rows["s"] == s), "value"]

    plain, found = value(EQUAL, "batch R2"), value(SCHEMA, "batch R2")
    less, words = apart(plain, found, "with Schema")
    yield effect(
        FIGURE,
        "Samples differ within a stage",
        "each gene of batch is shifted in each sample",
        "Schema leaves less of it than RNA alone has",
        f"R² = {words}",
        less,
        "as much of the variance lies between samples as before",
    )
    for name, below in (("RNA alone", EQUAL), ("with shuffled stages", SHUFFLED)):
        more, words = apart(value(SCHEMA, "stage R2"), value(below, "stage R2"), name)
        yield effect(
            FIGURE,
            f"Stages differ: more than {name}" if below == EQUAL else f"Stages differ: not so {name}",
            "genes of stage",
            "Schema's places tell stages further apart",
            f"R² = {words}",
            more,
            "no more of the variance lies between stages",
        )
    at_s = agreement[agreement["s"] == s].groupby("variant")["rho"]
    more, words = apart(at_s.get_group(SCHEMA), at_s.get_group(SHUFFLED), "with shuffled stages")
    yield effect(
        FIGURE,
        "Both replicates have the same genes of stage",
        "the same genes in every sample",
        "rankings agree between replicates that were held out",
        f"ρ = {words}",
        more,
        "they agree as much where stages are shuffled",
    )


if __name__ == "__main__":
    with step(snakemake):
        inputs, s = snakemake.input, snakemake.params.shown
        truth = read_truth(inputs.truth)
        tables = {name: read_table(inputs[name]) for name in ("candidates", "scores", "genes", "agreement")}
        rows = [
            *of_cells(truth, tables["candidates"]),
            *of_genes(truth, tables["genes"], s),
            *of_places(tables["scores"], tables["agreement"], s),
        ]
        write_effects(rows, snakemake.output[0])
