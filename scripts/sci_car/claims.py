"""Our values for the paper's numbers of Figure 2, in the form that ``evaluation.ledger`` describes.

Agreement with labels is a median over seeds of Leiden (and of training), so that its class is "statistical": where
two partitions are nearly as good, the last digits of linear algebra decide between them.
"""

from collections.abc import Iterator

import pandas as pd

from evaluation.ledger import fixed, spread
from running import read_table, step, write_table
from sci_car.gains import RANDOM, alone_in_words, gain_in_words, ranges, why_absent
from sci_car.methods.table import METHODS, alone

SVD, NMF = {"basis": "SVD"}, {"basis": "NMF"}
SCHEMA = {
    "schema": SVD | {"solver": "exact"},
    "schema_grid": SVD | {"solver": "grid"},
    "schema_learn": SVD | {"solver": "schema_learn"},
    "schema_nmf": NMF | {"solver": "exact"},
    "schema_nmf_grid": NMF | {"solver": "grid"},
    "schema_nmf_learn": NMF | {"solver": "schema_learn"},
}
# By claim or control the methods, and what each varies.
AGREEMENT = {
    "ari.rna": {"rna": SVD, "rna_nmf": NMF},
    "ari.atac": {"atac": {}},
    "ari.schema": SCHEMA,
    "ari.cca": {"cca": SVD},
    "ari.pseudocell": {f"pseudocell_{k}": {"k": k} for k in (300, 100, 500)},
    "ari.scvi_rna": {"scvi_rna": {}},
    "ari.scvi_atac": {"scvi_atac": {}},
    "ari.totalvi": {"totalvi": {}},
    "ari.totalvi_synthetic": {"totalvi_synthetic": {}},
    "control.shuffled": {"schema_shuffled": SVD},
    "control.random": {RANDOM: {}},
}
TERMS = {"go.macromolecule": "GO:0060255", "go.nitrogen": "GO:0051171"}
EQUAL = "equal weights"  # the control among the ways to score genes
PUBLISHED = "the published files have 13,893 RNA cells, 13,395 ATAC cells and 252,741 peaks"


def counted(summary: pd.Series) -> Iterator[dict]:
    """Cells, peaks and density."""
    cells = (
        f"the files hold {summary['cells_in_rna']:.0f} RNA and {summary['cells_in_atac']:.0f} ATAC cells; {PUBLISHED}"
    )
    yield {"id": "cells.joint", **fixed(summary["cells_joint"]), "reason": cells}
    peaks = (
        f"of {summary['peaks_in_file']:.0f} in the file, {summary['peaks_on_chromosomes']:.0f} are on standard "
        f"chromosomes and {summary['peaks_artefacts']:.0f} of those are artefacts; {PUBLISHED}"
    )
    yield {"id": "cells.atac_peaks", **fixed(summary["peaks"]), "reason": peaks}
    density = f"{summary['peaks_per_cell']:.1f} peaks of {summary['peaks']:.0f} in the mean cell"
    yield {"id": "cells.atac_density", **fixed(summary["peak_share_per_cell"]), "reason": density}


def agreement(found: pd.DataFrame, statuses: pd.DataFrame, epochs: int, gains: pd.DataFrame) -> Iterator[dict]:
    """The ARI of every method that the paper gives one for; a method that failed, or was not run, with the reason."""
    wanted = [(claim, name, factors) for claim, of in AGREEMENT.items() for name, factors in of.items()]
    for claim, name, factors in wanted:
        row = {"id": claim, **factors, "class": "statistical"}
        if name in found.index:
            of = found.loc[name]
            reasons = [f"RNA alone {found.loc[alone(name), 'median']:.3f}"] if name in METHODS else []
            if name in ("rna", "rna_nmf"):
                reasons = [alone_in_words(gains)]
            elif name in SCHEMA:
                reasons.append(gain_in_words(gains))
            elif name in METHODS and METHODS[name].group == "deep":
                reasons.append(f"at most {epochs} epochs")
            values = {"ours": of["median"], "low": of["low"], "high": of["high"], "n": of["runs"], "over": "seeds"}
            yield row | values | {"reason": "; ".join(reasons)}
        elif claim.startswith("ari."):
            yield row | {"ours": "", "reason": why_absent(statuses, name)}


def proximal_gain(gain: pd.DataFrame, statuses: pd.DataFrame) -> Iterator[dict]:
    """The binomial test, median over seeds; a method that failed, or was not run, with the reason."""
    for name, factors in SCHEMA.items():
        row = {"id": "ari.pt_gain", **factors, "test": "binomial", "class": "statistical"}
        rows = gain[gain["method"] == name]
        if rows.empty:
            yield row | {"ours": "", "reason": why_absent(statuses, name)}
            continue
        middle = rows.sort_values("p").iloc[(len(rows) - 1) // 2]
        reason = f"right with Schema {middle['right']} and with RNA alone {middle['right_rna']} of {middle['n']} cells"
        yield row | spread(rows["p"], "seeds") | {"ours": middle["p"], "reason": reason}


def genes(scores: pd.DataFrame, sets: pd.DataFrame, terms: pd.DataFrame, top: int) -> Iterator[dict]:
    """Up-weighted genes: the first three, their expression in the proximal tubule, and their terms."""
    unweighted = sets.loc[sets["way"] == EQUAL, "q"].max()
    yield {"id": "control.equal_weights", **fixed(unweighted)}
    for way in [way for way in sets["way"].unique() if way != EQUAL]:
        of_way = sets[sets["way"] == way]
        factors = {"way": way, "top": top}
        shares = ", ".join(f"{share:.2f}" for share in of_way["share"])
        reason = (
            f"|t| of these genes against that of the others; by type, the share of them with q < 0.01 is {shares}; the "
            f"first genes under equal weights, which owe nothing to Schema, have q = {unweighted:.2g}"
        )
        yield {"id": "genes.pt_de", **factors, **fixed(of_way["q"].max()), "reason": reason}
        first = scores.nlargest(3, way)["gene"].tolist()
        known = [gene for gene in ("Pnisr", "Ankrd11", "Kmt2c") if gene in set(scores["gene"])]
        rank = scores.set_index("gene")[way].rank(ascending=False)
        places = ", ".join(f"{gene} {rank[gene]:.0f}" for gene in known) or "none of them is measured"
        reason = f"ranks of the paper's three among {len(scores)} genes: {places}"
        yield {"id": "genes.top", **factors, **fixed(", ".join(first)), "reason": reason}
        for claim, term in TERMS.items():
            found = terms[(terms["way"] == way) & (terms["term"] == term)]
            if found.empty:
                best = terms[terms["way"] == way].iloc[0]
                reason = (
                    f"{term} is not among the sets tested (10 to 500 measured genes); "
                    f"the first is {best['name']} (q = {best['q']:.2g})"
                )
                yield {"id": claim, **factors, "ours": "", "reason": reason}
            else:
                q, overlap, size = found.iloc[0][["q", "overlap", "size"]]
                yield {"id": claim, **factors, **fixed(q), "reason": f"{overlap} of {size} genes of the term"}


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
