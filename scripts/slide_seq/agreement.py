"""Agreement of gene rankings between pucks as the ledger has it: medians and ranges over pairs, with their controls."""

from collections.abc import Iterator, Mapping

import pandas as pd

from evaluation.values import spread
from slide_seq.methods.table import CONTROLS, METHODS

BAND = "statistical"  # class of what is behind factors that stop before they converge, an optimiser, or permutations
STEADY = {"cca", "cca_one_step", "morans_i", "spark_x", "mean_expression"}
CLAIMED = ("schema", "schema_learn", "cca", "cca_one_step", "spatialde", "trendsceek")
GIVEN = {"rho": "nothing", "partial_rho": "mean expression"}
RANKINGS = {"granule": "granule cells", "other": "other cells", "final": "difference"}  # of methods run on two groups
OVER = "pairs of pucks"
RUN = ["method", "kind", "positions", "genes"]


def class_of(method: str) -> str:
    """The class of values that rest on a method's ranking."""
    return "" if method in STEADY else BAND


def named(method: str, first: int) -> tuple[str, dict]:
    """The ledger's name of a method, and its factors; ``first`` is the paper's number of NMF factors."""
    name, _, number = method.partition("_")
    if name != "schema":
        return method, {}
    return name, {
        "factors": int(number) if number.isdigit() else first,
        "solver": "exact" if number != "learn" else method,
    }


def agreement(pairs: pd.DataFrame, methods: pd.DataFrame, first: int, subsets: Mapping[str, dict]) -> Iterator[dict]:
    """Spearman of gene ranks by every method, on observed and on shuffled positions; and given mean expression.

    first : the paper's number of factors; subsets : beads and genes of the methods that saw a part of them
    """
    two_groups = set(pairs.loc[pairs["kind"] != "final", "method"])
    for (method, kind, positions, genes), rows in pairs.groupby(RUN, sort=False):
        if positions == "shuffled" and method in CONTROLS:
            continue  # they know no positions: the same again
        name, factors = named(method, first)
        prefix = "control.shuffled_" if positions == "shuffled" else "robust." if _claimed(method) else "control."
        subset = subsets.get(method, {})
        seen = ", ".join(f"{subset[what]} {what}" for what in ("beads", "genes") if subset.get(what))
        row = {"id": prefix + name, **factors, "genes": genes, "class": class_of(method)}
        row |= {"ranking": RANKINGS[kind]} if method in two_groups else {}
        reasons = [
            failure(methods, method) if method in CLAIMED else "",
            seen and f"at most {seen} of each group of cells",
        ]
        row |= {"reason": "; ".join(filter(None, reasons))}
        for column, given in GIVEN.items():
            if method != "mean_expression" or given == "nothing":  # of nothing but itself
                yield row | {"given": given} | spread(rows[column], OVER)
    for method in CLAIMED:
        if method not in set(pairs["method"]):
            name, factors = named(method, first)
            row = {"id": f"robust.{name}", **factors, "genes": "all", "given": "nothing", "ours": ""}
            row |= (
                {"ranking": RANKINGS["granule"]} if METHODS[method].group == "rival" and "solver" not in factors else {}
            )
            yield row | {"reason": failure(methods, method)}


def _claimed(method: str) -> bool:
    return method in CLAIMED or method.startswith("schema_")


def failure(methods: pd.DataFrame, method: str) -> str:
    """Why there is no value: "failed: reason" of the first puck on which a method failed; else nothing."""
    rows = methods[methods["method"] == ("cca" if method == "cca_one_step" else method)]
    if rows.empty:
        return f"{method} is not among the methods of this run"
    failed = rows[rows["state"] == "failed"]
    return f"failed: {failed['reason'].iloc[0]}" if len(failed) else ""


def paired(pairs: pd.DataFrame) -> Iterator[dict]:
    """How much better than CCA's the rankings of Schema agree, pair by pair of pucks; and those of mean expression."""
    wide = _final(pairs).pivot(index=["puck_a", "puck_b"], columns="method", values="rho")
    for name, method in (("robust.schema_above_cca", "schema"), ("control.mean_above_cca", "mean_expression")):
        difference = (wide[method] - wide["cca"]).dropna()
        words = f"above CCA in {(difference > 0).sum()} of {len(difference)} pairs"
        yield {"id": name, "reason": words, "class": BAND, **spread(difference, OVER)}


def other_pucks(pairs: Mapping[str, pd.DataFrame]) -> Iterator[dict]:
    """Schema, CCA and mean expression over all pairs of pucks of further sets, by the name of the set."""
    names = {"robust.other_pucks": "schema", "control.other_pucks_cca": "cca"}
    names |= {"control.other_pucks_mean_expression": "mean_expression"}
    if not pairs:
        yield {"id": "robust.other_pucks", "ours": "", "reason": "slide_seq.variants names no set of other pucks"}
        return
    everything = _final(pd.concat(pairs.values()))
    for name, method in names.items():
        values = everything.loc[everything["method"] == method, "rho"]
        reason = f"sets: {', '.join(pairs)}"
        yield {"id": name, **spread(values, OVER), "reason": reason, "class": class_of(method)}


def _final(pairs: pd.DataFrame) -> pd.DataFrame:
    return pairs.query("positions == 'observed' and kind == 'final' and genes == 'all'")
