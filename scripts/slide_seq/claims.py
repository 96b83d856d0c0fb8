"""Our values for the paper's numbers of Figure 4, in the form that ``evaluation.ledger`` describes."""

from collections.abc import Iterator

import pandas as pd

from evaluation.ledger import fixed, spread
from evaluation.verdict import NOTHING
from formats.gmt import read_gmt
from running import read_table, step, write_table

PAPER_PUCKS = ["180430_1", "180430_5", "180430_6"]
Q_BELOW = 0.001  # the paper's, for shares of terms
NAMED = {  # id: library, and the identifier of the term
    "go.ion_transport": ("go", "GO:0022853"),
    "go.electron_transfer": ("go", "GO:0009055"),
    "reactome.ion_channel": ("reactome", "REACTOME_ION_CHANNEL_TRANSPORT"),
}
BAND = "statistical"  # behind factors that stop before they converge, an optimiser, or permutations


def which_pucks(pucks: list[str]) -> str:
    """What a reader has to know of the data, in a few words."""
    return "" if pucks == PAPER_PUCKS else "not the paper's pucks"


def beads(summaries: pd.DataFrame, pucks: list[str], min_umi: int) -> Iterator[dict]:
    """How many transcriptomes there are."""
    total = summaries.groupby("quantity")["value"].sum()
    words = (
        f"{total['beads_with_counts']:.0f} with counts, {total['beads_with_all']:.0f} of them with place and cluster; "
        f"those with more than {min_umi} UMI are kept"
    )
    reason = "; ".join(filter(None, [words, which_pucks(pucks)]))
    yield {"id": "slide.beads", **fixed(int(total["beads_kept"])), "reason": reason}


class Medians:
    """Medians over pairs of pucks, by method, kind of ranking, positions and set of genes."""

    def __init__(self, pairs: pd.DataFrame):
        self.keys = ["method", "kind", "positions", "genes"]
        self.pairs = pairs
        self.table = pairs.groupby(self.keys)[["rho", "partial_rho"]].median()

    def spread(self, *key: str) -> dict:
        """The median ρ of one run with its range over pairs of pucks, as a row of values has it."""
        rows = self.pairs[(self.pairs[self.keys] == list(key)).all(axis="columns")]
        return spread(rows["rho"], "pairs of pucks")

    def of(self, method: str, kind: str = "final", positions: str = "observed", genes: str = "all") -> pd.Series:
        """rho and partial_rho of one run; NaN where it was not run."""
        key = (method, kind, positions, genes)
        return (
            self.table.loc[key]
            if key in self.table.index
            else pd.Series({"rho": float("nan")} | {"partial_rho": float("nan")})
        )


def agreement(
    pairs: pd.DataFrame, methods: pd.DataFrame, pucks: list[str], factors: list[int], subsets: dict
) -> Iterator[dict]:
    """Median Spearman over pairs of pucks of Schema, CCA, SpatialDE and Trendsceek, with what the controls give."""
    medians, where = Medians(pairs), which_pucks(pucks)
    runs = [("robust.schema", "schema", "final", BAND), ("robust.cca", "cca", "final", "")]
    runs += [("robust.spatialde", "spatialde", "granule", BAND), ("robust.trendsceek", "trendsceek", "granule", BAND)]
    for genes in ("all", "declared"):
        yield {"id": "control.mean_expression", "genes": genes} | medians.spread(
            "mean_expression", "final", "observed", genes
        )
        for name, method, kind, of_class in runs:
            reason = [where, _controls(medians, method, kind, genes)]
            if method in subsets and genes == "all":
                subset = subsets[method]
                reason.append(f"{subset['beads'] or 'all'} beads per group, {subset['genes'] or 'all'} genes")
                reason.append(f"final ranking {medians.of(method)['rho']:.3f}")
            row = {"id": name, "genes": genes, "class": of_class} | medians.spread(method, kind, "observed", genes)
            if method == "schema":
                row["factors"] = factors[0]
            yield row | {"reason": _failure(methods, method) or "; ".join(filter(None, reason))}
    for number in factors[1:]:
        method = f"schema_{number}"
        reason = "; ".join(filter(None, [where, _controls(medians, method, "final", "all")]))
        row = {"id": "robust.schema", "genes": "all", "factors": number, "reason": reason, "class": BAND}
        yield row | medians.spread(method, "final", "observed", "all")


def _controls(medians: Medians, method: str, kind: str, genes: str) -> str:
    mean, shuffled = (
        medians.of("mean_expression", genes=genes),
        medians.of(method, kind, positions="shuffled", genes=genes),
    )
    left = medians.of(method, kind, genes=genes)["partial_rho"]
    return (
        f"mean expression alone gives {mean['rho']:.3f}, shuffled positions {shuffled['rho']:.3f}; with mean "
        f"expression held fixed {left:.3f} is left (partial ρ)"
    )


def _failure(methods: pd.DataFrame, method: str) -> str:
    """Why there is no value: "failed: reason" of the first puck on which the method failed; else nothing."""
    rows = methods[methods["method"] == method]
    if rows.empty:
        return f"{method} is not among the methods of this run"
    failed = rows[rows["state"] == "failed"]
    return f"failed: {failed['reason'].iloc[0]}" if len(failed) else ""


def term_shares(shares: pd.DataFrame, pucks: list[str], main_factors: int) -> Iterator[dict]:
    """Share of enriched GO terms that three of three and two of three pucks have, for each number of top genes."""
    chosen = shares[(shares["library"] == "go") & (shares["q_below"] == Q_BELOW)]
    for method in dict.fromkeys(chosen["method"]):
        name, _, factors = method.partition("_")
        if name not in ("schema", "cca"):
            continue
        number = {"factors": factors or main_factors} if name == "schema" else {}
        for _, row in chosen[chosen["method"] == method].iterrows():
            counts = f"{row['three']} and {row['two']} of {row['any']} terms" if row["any"] else "no term is enriched"
            reason = "; ".join(filter(None, [counts, "all branches of GO", which_pucks(pucks)]))
            for count in ("3of3", "2of3"):
                yield {
                    "id": f"go.{name}_{count}",
                    "top": row["top"],
                    **number,
                    **fixed(row[f"share_{count}"] if row["any"] else NOTHING),
                    "reason": reason,
                    "class": BAND if name == "schema" else "",
                }


def named_terms(terms: pd.DataFrame, known: dict[str, set[str]], pucks: list[str], tops: list[int]) -> Iterator[dict]:
    """q of the terms that the paper names, in Schema's top genes: the median over pucks, 1 where nothing is shared.

    known : by library the identifiers of its sets
    """
    schema = terms[terms["method"] == "schema"]
    for name, (library, term) in NAMED.items():
        if term not in known[library]:
            reason = f"{term} is not among the {len(known[library])} gene sets at hand"
            yield from ({"id": name, "top": top, "ours": "", "reason": reason, "class": ""} for top in tops)
            continue
        of_library = schema[schema["library"] == library]
        named = of_library["term"] == term
        for top in tops:
            rows = of_library[named & (of_library["top"] == top)].set_index("puck")
            q, overlap = rows["q"].reindex(pucks).fillna(1.0), rows["overlap"].reindex(pucks).fillna(0)
            genes = ", ".join(f"{one:.0f}" for one in overlap)
            reason = "; ".join(filter(None, [f"{genes} genes shared", which_pucks(pucks)]))
            yield {"id": name, "top": top, **spread(q, "pucks"), "reason": reason, "class": BAND}


def scale() -> Iterator[dict]:
    """Time and memory are not of these data: a target of their own measures them."""
    reason = "measured on a simulated puck of this size by the target slide_seq_scale: results/reference/slide_seq"
    for name in ("scale.time", "scale.memory"):
        yield {"id": name, "ours": "", "reason": reason}


if __name__ == "__main__":
    with step(snakemake):
        inputs, params = snakemake.input, snakemake.params
        names = ("pairs", "methods", "terms", "shares")
        tables = {name: read_table(inputs[name]) for name in names}
        known = {library: set(read_gmt(inputs[library])) for library in ("go", "reactome")}
        summaries = pd.concat([read_table(path) for path in inputs.summaries])
        rows = [
            *beads(summaries, params.pucks, params.min_umi),
            *agreement(tables["pairs"], tables["methods"], params.pucks, params.factors, params.subsets),
            *term_shares(tables["shares"], params.pucks, params.factors[0]),
            *named_terms(tables["terms"], known, params.pucks, params.tops),
            *scale(),
        ]
        write_table(pd.DataFrame(rows), snakemake.output[0])
