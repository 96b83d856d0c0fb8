"""Our values for the paper's numbers of Figure 4: rows (id, variant, ours, reason, class)."""

from collections.abc import Iterator

import pandas as pd

from formats.gmt import read_gmt
from running import read_table, step, write_table

PAPER_PUCKS = ["180430_1", "180430_5", "180430_6"]
AS_PAPER, DECLARED = "as in the paper", "declared genes"
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
        f"{total['beads_with_counts']:.0f} with counts, {total['beads_with_all']:.0f} of them with place and cluster"
    )
    reason = "; ".join(filter(None, [words, which_pucks(pucks)]))
    variant = f"with a cluster and more than {min_umi} UMI"
    yield {"id": "slide.beads", "variant": variant, "ours": int(total["beads_kept"]), "reason": reason}


class Medians:
    """Medians over pairs of pucks, by method, kind of ranking, positions and set of genes."""

    def __init__(self, pairs: pd.DataFrame):
        keys = ["method", "kind", "positions", "genes"]
        self.table = pairs.groupby(keys)[["rho", "partial_rho"]].median()

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
    for genes, variant in (("all", AS_PAPER), ("declared", DECLARED)):
        for name, method, kind, of_class in runs:
            ours = medians.of(method, kind, genes=genes)
            reason = [where, _controls(medians, method, kind, genes)]
            if method in subsets and genes == "all":
                subset = subsets[method]
                reason.append(f"{subset['beads'] or 'all'} beads per group, {subset['genes'] or 'all'} genes")
                reason.append(f"final ranking {medians.of(method)['rho']:.3f}")
            row = {"id": name, "variant": variant, "ours": ours["rho"], "class": of_class}
            yield row | {"reason": _failure(methods, method) or "; ".join(filter(None, reason))}
    for number in factors[1:]:
        variant, method = f"{number} factors", f"schema_{number}"
        reason = "; ".join(filter(None, [where, _controls(medians, method, "final", "all")]))
        ours = medians.of(method)["rho"]
        yield {"id": "robust.schema", "variant": variant, "ours": ours, "reason": reason, "class": BAND}
        repeated = "CCA has no factors: the same value, repeated beside Schema's"
        yield {"id": "robust.cca", "variant": variant, "ours": medians.of("cca")["rho"], "reason": repeated}


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


def term_shares(shares: pd.DataFrame, pucks: list[str]) -> Iterator[dict]:
    """Share of enriched GO terms that three of three and two of three pucks have, for each number of top genes."""
    chosen = shares[(shares["library"] == "go") & (shares["q_below"] == Q_BELOW)]
    for method in dict.fromkeys(chosen["method"]):
        name, _, factors = method.partition("_")
        if name not in ("schema", "cca"):
            continue
        with_factors = f", {factors} factors" if factors else ""
        for _, row in chosen[chosen["method"] == method].iterrows():
            counts = f"{row['three']} and {row['two']} of {row['any']} terms" if row["any"] else "no term is enriched"
            reason = "; ".join(filter(None, [counts, "all branches of GO", which_pucks(pucks)]))
            for count in ("3of3", "2of3"):
                yield {
                    "id": f"go.{name}_{count}",
                    "variant": f"top {row['top']} genes{with_factors}",
                    "ours": row[f"share_{count}"],
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
            yield {"id": name, "variant": "", "ours": "", "reason": reason, "class": ""}
            continue
        of_library = schema[schema["library"] == library]
        named = of_library["term"] == term
        for top in tops:
            rows = of_library[named & (of_library["top"] == top)].set_index("puck")
            q, overlap = rows["q"].reindex(pucks).fillna(1.0), rows["overlap"].reindex(pucks).fillna(0)
            genes = ", ".join(f"{one:.0f}" for one in overlap)
            reason = "; ".join(
                filter(None, [f"{genes} genes shared, q from {q.min():.2g} to {q.max():.2g}", which_pucks(pucks)])
            )
            yield {"id": name, "variant": f"top {top} genes", "ours": q.median(), "reason": reason, "class": BAND}


def scale() -> Iterator[dict]:
    """Time and memory are not of these data: a target of their own measures them."""
    reason = "measured on a simulated puck of this size by the target slide_seq_scale: results/reference/slide_seq"
    for name in ("scale.time", "scale.memory"):
        yield {"id": name, "variant": "", "ours": "", "reason": reason}


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
            *term_shares(tables["shares"], params.pucks),
            *named_terms(tables["terms"], known, params.pucks, params.tops),
            *scale(),
        ]
        write_table(pd.DataFrame(rows), snakemake.output[0])
