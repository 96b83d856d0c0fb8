"""What is planted in the simulated pucks against what the tables of Figure 4 say."""

from collections.abc import Iterator

import pandas as pd

from evaluation.planted import SURE, Evidence, apart, effect, higher, read_truth, write_effects
from running import read_table, step

BLOCK = 1  # of the genes of dense granule cells among the simulated gene sets
FIRST = 50  # genes of a ranking that are counted


def span(genes: list[str]) -> str:
    """A block of genes by its ends."""
    return f"{genes[0]} to {genes[-1]}"


def in_every_puck(scores: pd.DataFrame, planted: list[str], others: list[str] | None = None) -> Evidence:
    """The weakest evidence over the pucks; scores : of one method (puck, gene, score)."""
    found = [higher(rows.set_index("gene")["score"], planted, others) for _, rows in scores.groupby("puck")]
    weakest = max(found, key=lambda evidence: evidence.p, default=Evidence(0.5, 1.0, "nothing was scored"))
    return weakest._replace(words=f"{weakest.words}, in the weakest of {len(found)} pucks")


def of_genes(truth: dict, rankings: pd.DataFrame, terms: pd.DataFrame, top: int) -> Iterator[dict]:
    """Programs of genes among the rankings."""
    programs = truth["programs"]
    dense = programs["dense granule"]
    final = rankings.query("positions == 'observed' and kind == 'final'")
    schema = final[final["method"] == "schema"]
    first = schema.sort_values("score", ascending=False).groupby("puck")["gene"].apply(lambda g: set(g.head(FIRST)))
    numbers = sorted(len(genes & set(dense)) for genes in first)
    seen = in_every_puck(schema, dense)
    yield effect(
        "Fig 4c",
        f"{span(dense)} mark granule cells that lie dense",
        "5-fold in these alone",
        f"{numbers[0]} to {numbers[-1]} of {len(dense)} are among Schema's first {FIRST}, by puck",
        seen.words,
        seen.sure,
        "in some puck Schema does not rank them above other genes",
        measured=True,
    )
    against = {
        "sparse granule": ("granule cells that lie apart", "Schema ranks genes of dense ones above them"),
        "granule": ("granule cells wherever they lie", "Schema ranks genes of dense ones above them"),
        "dense": ("dense places, whatever the type", "Schema ranks genes of dense granule cells above them"),
    }
    for name, (what, found) in against.items():
        seen = in_every_puck(schema, dense, programs[name])
        yield effect(
            "Fig 4c",
            f"{span(programs[name])} mark {what}",
            f"5-fold there, {len(programs[name])} genes",
            found,
            seen.words,
            seen.sure,
            "in some puck Schema ranks them as high: it looks for type and density, and they have one of the two",
        )
    others = [gene for name, genes in programs.items() if name.startswith("cluster ") for gene in genes]
    seen = in_every_puck(schema, dense, others)
    yield effect(
        "Fig 4c",
        f"{len(others)} genes mark other types of cells",
        "5-fold in Purkinje cells, interneurons, oligodendrocytes, and cluster 7",
        "Schema ranks genes of dense granule cells above them",
        seen.words,
        seen.sure,
        "in some puck Schema ranks them as high",
    )
    term = f"GO:{9_000_000 + BLOCK}"
    rows = terms.query("method == 'schema' and top == @top and library == 'go' and term == @term")
    q, pucks = (rows["q"].max() if len(rows) else 1.0), rankings["puck"].nunique()
    yield effect(
        "Text",
        f"{term} is the gene set of dense granule cells",
        span(dense),
        f"it is enriched in {(rows['q'] < SURE).sum()} of {pucks} pucks among Schema's first {top} genes",
        f"q = {q:.1g} or less",
        len(rows) == pucks and q < SURE,
        "it is not enriched in every puck",
        measured=True,
    )


def of_places(rankings: pd.DataFrame, truth: dict, pairs: pd.DataFrame) -> Iterator[dict]:
    """What positions say."""
    final = rankings.query("positions == 'observed' and kind == 'final'")
    programs = truth["programs"]
    seen = in_every_puck(final[final["method"] == "morans_i"], programs["dense granule"], programs["dense"])
    yield effect(
        "Fig 4e",
        "Genes of dense granule cells vary in space among these cells alone",
        f"beside {span(programs['dense'])}, which vary among all cells",
        "Moran's I of granule cells less that of others ranks them higher",
        seen.words,
        seen.sure,
        "in some puck Moran's I does not tell them apart: one puck has few beads, and each of these few counts",
    )
    of_cells = pairs.query("method == 'morans_i' and kind == 'granule' and genes == 'all'")
    kinds = {name: rows["rho"] for name, rows in of_cells.groupby("positions")}
    none = pd.Series(dtype=float)
    more, words = apart(kinds.get("observed", none), kinds.get("shuffled", none), "with positions shuffled")
    yield effect(
        "Fig 4e",
        "Pucks are sections of one tissue",
        "the same programs in the same layer, on other beads",
        "rankings by Moran's I agree between pucks, and not with positions shuffled",
        f"ρ = {words}",
        more,
        "rankings agree as far with positions shuffled",
    )


if __name__ == "__main__":
    with step(snakemake):
        inputs, params = snakemake.input, snakemake.params
        truth = read_truth(inputs.truth)
        rankings = pd.read_parquet(inputs.rankings)
        rows = [
            *of_genes(truth, rankings, read_table(inputs.terms), params.top),
            *of_places(rankings, truth, read_table(inputs.pairs)),
        ]
        write_effects(rows, snakemake.output[0])
