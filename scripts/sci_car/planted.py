"""What is planted in the simulated sci-CAR cells against what the tables of Figure 2 say."""

from collections.abc import Iterator

import pandas as pd

from evaluation.planted import SURE, apart, effect, higher, read_truth, write_effects
from gene_sets.simulate import BLOCK, FIRST_BLOCK, gene_names
from running import read_table, step

TUBULE = "proximal tubule"


def block_of(term: str) -> list[str]:
    """The genes of a block that is a gene set."""
    last = (int(term.removeprefix("GO:")) - FIRST_BLOCK + 1) * BLOCK
    return gene_names(last)[-BLOCK:]


def span(term: str) -> str:
    """A block of genes by its ends."""
    genes = block_of(term)
    return f"{genes[0]} to {genes[-1]}"


def of_types(truth: dict, scores: pd.DataFrame) -> Iterator[dict]:
    """Types of cells among the clusters; the ranges are over seeds of the clustering."""
    ari = {key: rows["value"] for key, rows in scores[scores["metric"] == "ari"].groupby(["method", "group"])}
    none = pd.Series(dtype=float)

    def agreement(figure, statement, planted, found, method, rival, group, words, why):
        more, evidence = apart(ari.get((method, group), none), ari.get((rival, group), none), words)
        return effect(figure, statement, planted, found, f"ARI {evidence}", more, why)

    yield agreement(
        "Fig 2f",
        f"{len(truth['type_share'])} types of cells differ in RNA",
        "each raises 25 genes",
        "clusters of the RNA agree with the types",
        *("rna", "random", "all", "random labels"),
        "clusters of the RNA agree no better than random labels",
    )
    yield agreement(
        "Fig 2a",
        "Open chromatin tells the types of proximal tubule apart",
        "their own peaks are 15 times as open, other types' 4 times",
        "there clusters of ATAC agree better than clusters of RNA",
        *("atac", "rna", TUBULE, "RNA"),
        "clusters of ATAC agree no better than clusters of RNA",
    )
    yield agreement(
        "Fig 2b",
        "Types of proximal tubule are weak in RNA and strong in ATAC",
        "two of three raise 25 genes 3.5-fold",
        "Schema with ATAC tells them apart better than RNA alone",
        *("schema", "rna", TUBULE, "RNA alone"),
        "the ranges over seeds of the clustering overlap",
    )
    yield agreement(
        "Fig 2b",
        "ATAC belongs to the cell that it was measured in",
        "RNA and ATAC of a cell follow one type",
        "Schema gains more from a cell's own ATAC than from that of another",
        *("schema", "schema_shuffled", TUBULE, "with the ATAC of other cells"),
        "components are not scaled here, and any reweighting of them gains as much",
    )


def of_genes(truth: dict, genes: pd.DataFrame, expressed: pd.DataFrame, terms: pd.DataFrame) -> Iterator[dict]:
    """Planted blocks among the genes that differ, and among those that Schema weights up."""
    for cell_type, term in truth["subtype_terms"].items():
        t = expressed[expressed["cell_type"] == cell_type].set_index("gene")["t"]
        seen = higher(t, block_of(term))
        first = set(t.nlargest(2 * BLOCK).index) & set(block_of(term))
        yield effect(
            "Text",
            f"{span(term)} mark {cell_type}",
            "3.5-fold in these alone",
            f"{len(first)} of {BLOCK} are among the {2 * BLOCK} genes that rise most in them",
            seen.words,
            seen.sure,
            "they do not rise more than other genes",
            measured=True,
        )
    (tubule,) = {truth["marker_terms"][cell_type] for cell_type in truth["subtype_terms"]}
    gain = genes.set_index("gene")["gain"]
    programmes = [gene for term in truth["programme_terms"] for gene in block_of(term)]
    seen = higher(gain, block_of(tubule))
    yield effect(
        "Fig 2d",
        f"{span(tubule)} follow open chromatin most",
        "8-fold in the proximal tubule, whose cells differ most in ATAC",
        "Schema weights them up more than other genes",
        seen.words,
        seen.sure,
        "Schema does not weight them up more than other genes",
    )
    seen = higher(gain, block_of(tubule), programmes)
    yield effect(
        "Fig 2d",
        "What varies most in RNA need not be a type",
        f"{len(truth['programme_terms'])} programmes of 25 genes vary most, and follow no type",
        "Schema weights genes of the tubule up more than genes of programmes",
        seen.words,
        seen.sure,
        "Schema weights genes of programmes up as much",
    )
    row = terms[(terms["term"] == tubule) & (terms["way"] == "gain")]
    q = row["q"].min() if len(row) else 1.0
    yield effect(
        "Text",
        f"{tubule} is the gene set of the proximal tubule",
        f"{span(tubule)}",
        "it is enriched among the genes that gain most",
        f"q = {q:.1g}; {row['overlap'].max() if len(row) else 0} of its genes",
        q < SURE,
        "the genes that gain most belong to other sets: gain is a ratio, and large for genes that load little",
    )


def of_files(summary: pd.Series) -> Iterator[dict]:
    """What a reader must see through."""
    found = summary["peaks_artefacts"]
    yield effect(
        "Methods",
        "Two peaks on chromosome 2 are artefacts",
        "they hold most counts of ATAC",
        f"{found:.0f} were taken out",
        f"{summary['peaks']:.0f} peaks are left",
        found == 2,
        "another number of peaks was taken out",
        measured=True,
    )


if __name__ == "__main__":
    with step(snakemake):
        inputs = snakemake.input
        truth = read_truth(inputs.truth)
        rows = [
            *of_types(truth, read_table(inputs.scores)),
            *of_genes(truth, *(read_table(inputs[name]) for name in ("genes", "expressed", "terms"))),
            *of_files(read_table(inputs.summary).set_index("quantity")["value"]),
        ]
        write_effects(rows, snakemake.output[0])
