"""Our values for what the paper says of Figure 2, each with its range, and controls beside them.

Rows: id, ours, low, high, n, over, reason, class, and what varies between variants of one claim: basis of RNA (SVD,
NMF), solver, k of pseudocells, epochs, test, way to score genes, top genes, data set.
"""

from collections.abc import Iterator

import pandas as pd

from running import read_table, step, write_table
from sci_car.agreement import CONTROLS, WEIGHTED, Agreement
from sci_car.gains import ATAC, BASE, EQUAL, FIRST, OTHER, SHUFFLED, why_absent
from sci_car.values import fixed, ranged

TERMS = {"macromolecule": "GO:0060255", "nitrogen": "GO:0051171"}
PAPERS = ("Pnisr", "Ankrd11", "Kmt2c")
PUBLISHED = "the published files have 13,893 RNA cells, 13,395 ATAC cells and 252,741 peaks"


def counted(summary: pd.Series) -> Iterator[dict]:
    """Cells, peaks and density."""
    rna, atac = summary["cells_in_rna"], summary["cells_in_atac"]
    yield {
        "id": "cells.joint",
        "reason": f"the files hold {rna:.0f} RNA and {atac:.0f} ATAC cells; {PUBLISHED}",
    } | fixed(summary["cells_joint"])
    peaks = (
        f"of {summary['peaks_in_file']:.0f} in the file, {summary['peaks_on_chromosomes']:.0f} are on standard "
        f"chromosomes and {summary['peaks_artefacts']:.0f} of those are artefacts; {PUBLISHED}"
    )
    yield {"id": "cells.atac_peaks", "reason": peaks} | fixed(summary["peaks"])
    density = f"{summary['peaks_per_cell']:.1f} peaks of {summary['peaks']:.0f} in the mean cell"
    yield {"id": "cells.atac_density", "reason": density} | fixed(summary["peak_share_per_cell"])
    windows = f"of {summary['peaks']:.0f} peaks, those seen in too few cells left out"
    yield {"id": "cells.windows", "reason": windows} | fixed(summary["windows"])
    labelled = f"of {summary['cells_labelled']:.0f} cells with a label"
    yield {"id": "cells.proximal", "reason": labelled} | fixed(summary["cells_proximal"])
    yield {"id": "control.largest_other_type", "reason": labelled} | fixed(summary["cells_next_type"])


def of_pairs(pairs: pd.DataFrame) -> dict:
    """Fig 2a: by how much ATAC falls behind RNA less where a type of the proximal tubule is to be told from others."""
    wide = pairs.pivot_table(index=["leiden_seed", "proximal", "one", "other"], columns="method", values="ari")
    by_seed = (wide["atac"] - wide["rna"]).groupby(["proximal", "leiden_seed"]).agg(["mean", "size"])
    row = {"id": "ari.atac_proximal", "class": "statistical"}
    if not {0, 1} <= set(by_seed.index.get_level_values("proximal")):
        return row | {"ours": "", "reason": "too few types for pairs with and without the proximal tubule"}
    mixed, others = by_seed.loc[1], by_seed.loc[0]
    reason = (
        f"ARI of ATAC less that of RNA: {mixed['mean'].median():+.3f} over {mixed['size'].iloc[0]} pairs of a type of "
        f"the proximal tubule and another, {others['mean'].median():+.3f} over {others['size'].iloc[0]} pairs of others"
    )
    return row | {"reason": reason} | ranged(mixed["mean"] - others["mean"], f"{len(mixed)} seeds of Leiden")


def proximal_gain(gain: pd.DataFrame, statuses: pd.DataFrame) -> Iterator[dict]:
    """Both tests of Fig 2e, median over seeds; a method that failed, or was not run, with the reason."""
    for name, variant in (WEIGHTED | CONTROLS).items():
        rows = gain[gain["method"] == name]
        for test in ("binomial", "mcnemar"):
            claim = "control.shuffled_pt_gain" if name in CONTROLS else "ari.pt_gain"
            row = {"id": claim, "class": "statistical", "test": test} | variant
            if rows.empty:
                yield row | {"ours": "", "reason": why_absent(statuses, name)}
                continue
            middle = rows.sort_values(test).iloc[(len(rows) - 1) // 2]
            reason = (
                f"of {middle['n']} cells {middle['right']} are right with Schema, {middle['right_rna']} with RNA; "
                f"{middle['only']} and {middle['only_rna']} with one alone"
            )
            yield row | ranged(rows[test], f"{len(rows)} runs") | {"ours": middle[test], "reason": reason}


def bootstrapped(values: pd.Series, what: str = "") -> dict:
    """A value on all cells (the first), and the range of its bootstraps (the others)."""
    over = f"95 % of {len(values) - 1} bootstraps of blocks of cells{what}"
    found, ours = ranged(values.iloc[1:], over, middle=0.95), values.iloc[0]
    return found | {"ours": ours, "low": min(found["low"], ours), "high": max(found["high"], ours)}


def distances(weights: pd.DataFrame, correlations: pd.DataFrame) -> Iterator[dict]:
    """What Schema's distances keep of RNA's, and what they gain in correlation with ATAC over equal weights."""
    held = ", held against all cells"
    for name, reference, _ in correlations.itertuples(index=False):
        variant = WEIGHTED[name]
        rows = weights.query("given == 'ATAC' and solver == @variant['solver']")
        several = variant["basis"] == "SVD" and len(rows) > 1
        found = bootstrapped(rows["reference"], held) if several else fixed(reference)
        yield {"id": "schema.correlation", "class": "numeric"} | variant | found
    exact = {given: rows["gain"] for given, rows in weights.query("solver == 'exact'").groupby("given")}
    row = {"class": "numeric", "basis": "SVD", "solver": "exact"}
    yield {"id": "control.atac_gain"} | row | bootstrapped(exact[ATAC], held)
    deals = f"{len(exact[OTHER])} ways to deal the ATAC"
    yield {"id": "control.atac_gain_shuffled"} | row | ranged(exact[OTHER], deals)


def genes(
    scores: pd.DataFrame, sets: pd.DataFrame, firsts: pd.DataFrame, terms: pd.DataFrame, top: int
) -> Iterator[dict]:
    """Up-weighted genes: the first three, their expression in the proximal tubule, and their terms."""
    worst = sets.groupby(["given", "resample", "way"])["q"].max()
    for way in sets["way"].unique():
        row, of_all = {"way": way, "top": top}, sets.query("way == @way and given == 'ATAC' and resample == 0")
        shares = ", ".join(f"{share:.2f}" for share in of_all["share"])
        reason = f"|t| of these genes against that of the others; by type, the share of them with q < 0.01 is {shares}"
        if way == EQUAL:
            yield {"id": "control.equal_weights", "top": top, "reason": reason} | fixed(of_all["q"].max())
        else:
            own, others = (worst.xs((given, way), level=("given", "way")) for given in (ATAC, OTHER))
            yield {"id": "genes.pt_de", "class": "numeric", "reason": reason} | row | bootstrapped(own)
            deals = ranged(others, f"{len(others)} ways to deal the ATAC")
            yield {"id": "control.shuffled_pt_de", "class": "numeric"} | row | deals
            yield {"id": "genes.top"} | row | first_genes(scores, firsts, way)
        for name, term in TERMS.items():
            known = {"id": f"control.equal_weights_{name}", "top": top} if way == EQUAL else {"id": f"go.{name}"} | row
            yield known | {"class": "numeric"} | of_term(terms[terms["way"] == way], term)


def first_genes(scores: pd.DataFrame, firsts: pd.DataFrame, way: str) -> dict:
    """The first genes of a way, the ranks of the paper's, and how often bootstraps have the same."""
    first = scores.nlargest(FIRST, way)["gene"].tolist()
    known = [gene for gene in PAPERS if gene in set(scores["gene"])]
    rank = scores.set_index("gene")[way].rank(ascending=False)
    places = ", ".join(f"{gene} {rank[gene]:.0f}" for gene in known) or "none of them is measured"
    again = firsts.query("way == @way and given == 'ATAC' and resample > 0").groupby("resample")["gene"].agg(set)
    same = sum(found == set(first) for found in again)
    reason = (
        f"ranks of the paper's three among {len(scores)} genes: {places}; {same} of {len(again)} bootstraps have "
        "the same three"
    )
    return fixed(", ".join(first)) | {"reason": reason}


def of_term(terms: pd.DataFrame, term: str) -> dict:
    """The q of a term; 1 where no chosen gene is in it; nothing where the gene sets at hand do not hold it."""
    found, first = terms[terms["term"] == term], terms.iloc[0]
    said = f"the first term is {first['name']} (q = {first['q']:.2g})"
    if found.empty:
        return {"ours": "", "reason": f"the gene sets at hand do not hold {term} with a measured gene; {said}"}
    q, overlap, size = found.iloc[0][["q", "overlap", "size"]]
    return fixed(q) | {"reason": f"{overlap} of {size} genes of the term; {said}"}


def settings(gains: pd.DataFrame) -> Iterator[dict]:
    """Over all declared settings, by data set: Schema over RNA alone, over the control, and RNA alone."""
    for data, rows in gains.groupby("data", sort=False):
        real = rows[rows["atac"] != SHUFFLED]
        over = f"quartiles of {len(real)} settings"
        for name, column in (("control.settings_gain", "gain"), ("control.settings_over_shuffled", "over_control")):
            reason = f"above 0 in {(real[column] > 0).mean():.0%} of settings"
            row = {"id": name, "data": data, "class": "statistical", "reason": reason}
            yield row | ranged(real[column], over, middle=0.5)
        every = rows.drop_duplicates(BASE)["ari_rna"]
        row = {"id": "control.settings_rna", "data": data, "class": "statistical"}
        yield row | ranged(every, f"{len(every)} settings")


if __name__ == "__main__":
    with step(snakemake):
        inputs, params = snakemake.input, snakemake.params
        t = {name: read_table(path) for name, path in inputs.items()}
        agreement = Agreement(t["scores"], t["statuses"], params.epochs)
        rows = [
            *counted(t["summary"].set_index("quantity")["value"]),
            *distances(t["weights"], t["correlations"]),
            *agreement.rows(),
            of_pairs(t["pairs"]),
            *agreement.gains(),
            *proximal_gain(t["gain"], t["statuses"]),
            *genes(t["genes"], t["sets"], t["firsts"], t["terms"], params.top),
            *settings(t["gains"]),
        ]
        write_table(pd.DataFrame(rows), snakemake.output[0])
