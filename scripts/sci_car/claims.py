"""Our values for the paper's numbers of Figure 2: rows (id, variant, ours, reason, class).

Agreement with labels is a median over seeds of Leiden (and of training), so that its class is "statistical": where
two partitions are nearly as good, the last digits of linear algebra decide between them.
"""

from collections.abc import Iterator

import pandas as pd

from running import read_table, step, write_table
from sci_car.gains import alone_in_words, gain_in_words, ranges, why_absent
from sci_car.methods.table import METHODS, alone

# By claim, the variants and their methods. What stands before ";" names the run that "above" and "below" refer to.
AGREEMENT = {
    "ari.rna": {"SVD": "rna", "NMF": "rna_nmf"},
    "ari.atac": {"SVD": "atac"},
    "ari.schema": {
        "SVD; exact": "schema",
        "SVD; grid": "schema_grid",
        "SVD; schema_learn": "schema_learn",
        "NMF; exact": "schema_nmf",
        "NMF; grid": "schema_nmf_grid",
        "NMF; schema_learn": "schema_nmf_learn",
    },
    "ari.cca": {"SVD": "cca"},
    "ari.pseudocell": {f"SVD; k = {k}": f"pseudocell_{k}" for k in (300, 100, 500)},
}
TRAINED = {
    "ari.scvi_rna": "scvi_rna",
    "ari.scvi_atac": "scvi_atac",
    "ari.totalvi": "totalvi",
    "ari.totalvi_synthetic": "totalvi_synthetic",
}
TERMS = {"go.macromolecule": "GO:0060255", "go.nitrogen": "GO:0051171"}
EQUAL = "equal weights"  # the control among the ways to score genes
PUBLISHED = "the published files have 13,893 RNA cells, 13,395 ATAC cells and 252,741 peaks"


def counted(summary: pd.Series) -> Iterator[dict]:
    """Cells, peaks and density."""
    cells = (
        f"the files hold {summary['cells_in_rna']:.0f} RNA and {summary['cells_in_atac']:.0f} ATAC cells; {PUBLISHED}"
    )
    yield {"id": "cells.joint", "variant": "in both tables", "ours": summary["cells_joint"], "reason": cells}
    peaks = (
        f"of {summary['peaks_in_file']:.0f} in the file, {summary['peaks_on_chromosomes']:.0f} are on standard "
        f"chromosomes and {summary['peaks_artefacts']:.0f} of those are artefacts; {PUBLISHED}"
    )
    yield {"id": "cells.atac_peaks", "variant": "after filters", "ours": summary["peaks"], "reason": peaks}
    density = f"{summary['peaks_per_cell']:.1f} peaks of {summary['peaks']:.0f} in the mean cell"
    value = summary["peak_share_per_cell"]
    yield {"id": "cells.atac_density", "variant": "after filters", "ours": value, "reason": density}


def agreement(found: pd.DataFrame, statuses: pd.DataFrame, epochs: int, gains: pd.DataFrame) -> Iterator[dict]:
    """The ARI of every method that the paper gives one for; a method that failed, or was not run, with the reason."""
    wanted = [(claim, variant, name) for claim, of in AGREEMENT.items() for variant, name in of.items()]
    wanted += [(claim, f"at most {epochs} epochs", name) for claim, name in TRAINED.items()]
    for claim, variant, name in wanted:
        row = {"id": claim, "variant": variant, "class": "statistical"}
        if name in found.index:
            of, of_rna = found.loc[name], found.loc[alone(name), "median"]
            reason = f"{of['low']:.3f} to {of['high']:.3f} over {of['runs']:.0f} runs; RNA alone {of_rna:.3f}"
            if name in ("rna", "rna_nmf"):
                reason = f"{reason.partition('; ')[0]}; {alone_in_words(gains)}"
            if METHODS[name].group == "schema":
                reason += f"; {gain_in_words(gains)}"
            yield row | {"ours": of["median"], "reason": reason}
        else:
            yield row | {"ours": "", "reason": why_absent(statuses, name)}


def proximal_gain(gain: pd.DataFrame, statuses: pd.DataFrame) -> Iterator[dict]:
    """The binomial test, median over seeds; a method that failed, or was not run, with the reason."""
    for variant, name in AGREEMENT["ari.schema"].items():
        row = {"id": "ari.pt_gain", "variant": variant, "class": "statistical"}
        rows = gain[gain["method"] == name]
        if rows.empty:
            yield row | {"ours": "", "reason": why_absent(statuses, name)}
            continue
        middle = rows.sort_values("p").iloc[(len(rows) - 1) // 2]
        reason = (
            f"right with Schema {middle['right']} and with RNA alone {middle['right_rna']} of {middle['n']} cells; "
            f"p from {rows['p'].min():.2g} to {rows['p'].max():.2g} over {len(rows)} seeds"
        )
        yield row | {"ours": middle["p"], "reason": reason}


def genes(scores: pd.DataFrame, sets: pd.DataFrame, terms: pd.DataFrame, top: int) -> Iterator[dict]:
    """Up-weighted genes: the first three, their expression in the proximal tubule, and their terms."""
    unweighted = sets.loc[sets["way"] == EQUAL, "q"].max()
    for way in [way for way in sets["way"].unique() if way != EQUAL]:
        of_way = sets[sets["way"] == way]
        variant = f"{way}, {top} genes"
        shares = ", ".join(f"{share:.2f}" for share in of_way["share"])
        reason = (
            f"|t| of these genes against that of the others; by type, the share of them with q < 0.01 is {shares}; the "
            f"first genes under equal weights, which owe nothing to Schema, have q = {unweighted:.2g}"
        )
        yield {"id": "genes.pt_de", "variant": variant, "ours": of_way["q"].max(), "reason": reason}
        first = scores.nlargest(3, way)["gene"].tolist()
        known = [gene for gene in ("Pnisr", "Ankrd11", "Kmt2c") if gene in set(scores["gene"])]
        rank = scores.set_index("gene")[way].rank(ascending=False)
        places = ", ".join(f"{gene} {rank[gene]:.0f}" for gene in known) or "none of them is measured"
        reason = f"ranks of the paper's three among {len(scores)} genes: {places}"
        yield {"id": "genes.top", "variant": variant, "ours": ", ".join(first), "reason": reason}
        for claim, term in TERMS.items():
            found = terms[(terms["way"] == way) & (terms["term"] == term)]
            if found.empty:
                best = terms[terms["way"] == way].iloc[0]
                reason = (
                    f"{term} is not among the sets tested (10 to 500 measured genes); "
                    f"the first is {best['name']} (q = {best['q']:.2g})"
                )
                yield {"id": claim, "variant": variant, "ours": "", "reason": reason}
            else:
                q, overlap, size = found.iloc[0][["q", "overlap", "size"]]
                yield {"id": claim, "variant": variant, "ours": q, "reason": f"{overlap} of {size} genes of the term"}


if __name__ == "__main__":
    with step(snakemake):
        inputs, params = snakemake.input, snakemake.params
        names = ("summary", "scores", "gain", "genes", "sets", "terms", "statuses", "gains")
        tables = {name: read_table(inputs[name]) for name in names}
        rows = [
            *counted(tables["summary"].set_index("quantity")["value"]),
            *agreement(ranges(tables["scores"]), tables["statuses"], params.epochs, tables["gains"]),
            *proximal_gain(tables["gain"], tables["statuses"]),
            *genes(tables["genes"], tables["sets"], tables["terms"], params.top),
        ]
        write_table(pd.DataFrame(rows), snakemake.output[0])
