"""Our values for the paper's statements of Figure 4, with their ranges and controls.

Factors: replicates (``main`` are those of the figures), factors (of Schema's NMF), solver, genes (``all`` that a method
scored, or those ``common`` to all methods), given (``mean expression`` for what is left once it is held fixed), ranking
(``final``, or of one of two groups of cells), positions (of controls) and top (genes that were tested for terms).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from formats.gmt import read_gmt
from running import read_table, step, write_table
from running.usage import read_usage
from slide_seq.preprocess import POSITIONS

MAIN = "main"
Q_BELOW = 0.001  # the paper's, for shares of terms
NAMED = {  # id: library, and the identifier of the term
    "go.ion_transport": ("go", "GO:0022853"),
    "go.electron_transfer": ("go", "GO:0009055"),
    "reactome.ion_channel": ("reactome", "REACTOME_ION_CHANNEL_TRANSPORT"),
}
BAND = "statistical"  # behind factors that stop before they converge, an optimiser, or permutations
EXACT = {"cca", "cca_one_step", "mean_expression", "morans_i", "spark_x"}
GIVEN = {"rho": "nothing", "partial_rho": "mean expression"}
RANKINGS = {"final": "final", "granule": "granule cells", "other": "other cells"}
CLAIMED = ("schema", "schema_learn", "cca", "cca_one_step", "spatialde", "trendsceek")
NOTHING_RANDOM = {"over": "nothing random", "n": 1}
NONE = "none"  # ours, where an analysis ran and found nothing
SLOW = ("spatialde", "trendsceek")


def spread(values: pd.Series, over: str) -> dict:
    """ours (the median), low, high, n and over of values of which NaN are none."""
    known = values.dropna()
    return {"ours": known.median(), "low": known.min(), "high": known.max(), "n": len(known), "over": over}


def beads(summaries: pd.DataFrame, min_umi: int) -> Iterator[dict]:
    """How many transcriptomes there are in a set of pucks."""
    total = summaries.groupby("quantity")["value"].sum()
    words = (
        f"with a cluster and more than {min_umi} UMI; {total['beads_with_counts']:.0f} with counts, "
        f"{total['beads_with_all']:.0f} of them with place and cluster"
    )
    kept = int(total["beads_kept"])
    yield {"id": "slide.beads", "ours": kept, "low": kept, "high": kept, "reason": words, **NOTHING_RANDOM}


def named(method: str, first: int) -> tuple[str, dict]:
    """The claim's name of a method, and its factors; ``first`` is the paper's number of NMF factors."""
    name, _, number = method.partition("_")
    if name == "schema" and (number.isdigit() or not number):
        return "schema", {"factors": number or first, "solver": "exact"}
    if method == "schema_learn":
        return "schema", {"factors": first, "solver": "schema_learn"}
    return method, {}


def agreement(pairs: pd.DataFrame, methods: pd.DataFrame, first: int, subsets: Mapping[str, dict]) -> Iterator[dict]:
    """Spearman of gene ranks over pairs of pucks, median and range, of every method and of the same without positions.

    first : the paper's number of factors; subsets : beads and genes of the methods that saw a part of them
    """
    runs = ["method", "kind", "positions", "genes"]
    for (method, kind, positions, genes), rows in pairs.groupby(runs, sort=False):
        name, factors = named(method, first)
        of_claim = method in CLAIMED or method.startswith("schema_")
        observed = positions == POSITIONS[0]
        if not observed and not of_claim and name not in ("morans_i", "spark_x"):
            continue  # it knows no positions: the same again
        factors |= {"genes": genes, "ranking": RANKINGS[kind]}
        if of_claim and observed:
            name = f"robust.{name}"
        else:
            name = f"control.{'' if observed else 'shuffled.'}{name}"
        subset = subsets.get(method, {})
        seen = ", ".join(f"{size} {what}" for what, size in subset.items() if size)
        reason = f"at most {seen} of each group of cells" if seen else ""
        for column, given in GIVEN.items():
            if method == "mean_expression" and column == "partial_rho":
                continue  # of nothing but itself
            row = {"id": name, **factors, "given": given, "reason": reason, **spread(rows[column], "pairs of pucks")}
            yield row | {"class": "" if method in EXACT else BAND}
    for method in CLAIMED:
        if why := failure(methods, method):
            name, factors = named(method, first)
            yield {"id": f"robust.{name}", **factors, "ours": "", "reason": why}


def failure(methods: pd.DataFrame, method: str) -> str:
    """Why there is no value: "failed: reason" of the first puck on which a method failed; else nothing."""
    if method == "cca_one_step":
        return ""  # made along with the other
    rows = methods[methods["method"] == method]
    if rows.empty:
        return f"{method} is not among the methods of this run"
    failed = rows[rows["state"] == "failed"]
    return f"failed: {failed['reason'].iloc[0]}" if len(failed) else ""


def paired(pairs: pd.DataFrame) -> Iterator[dict]:
    """How much better than CCA's the rankings of Schema agree, pair by pair of pucks; and those of mean expression."""
    wide = pairs.query("positions == 'observed' and kind == 'final' and genes == 'all'")
    wide = wide.pivot(index=["puck_a", "puck_b"], columns="method", values="rho")
    for name, method in (("robust.schema_above_cca", "schema"), ("control.mean_above_cca", "mean_expression")):
        difference = (wide[method] - wide["cca"]).dropna()
        words = f"above CCA in {(difference > 0).sum()} of {len(difference)} pairs"
        yield {"id": name, "reason": words, "class": BAND, **spread(difference, "pairs of pucks")}


def term_shares(shares: pd.DataFrame, first: int) -> Iterator[dict]:
    """Share of enriched GO terms that all pucks and that two of them have, for each number of top genes."""
    chosen = shares[(shares["library"] == "go") & (shares["q_below"] == Q_BELOW)]
    for _, row in chosen.iterrows():
        name, factors = named(row["method"], first)
        counts = f"{row['three']} and {row['two']} of {row['any']} terms" if row["any"] else "no term is enriched"
        for count in ("3of3", "2of3"):
            ours = row[f"share_{count}"] if row["any"] else NONE
            of_claim = "control." if name == "mean_expression" else ""
            found = {"id": f"{of_claim}go.{name}_{count}", **factors, "top": row["top"], "ours": ours, **NOTHING_RANDOM}
            yield found | {"reason": counts, "class": "" if row["method"] in EXACT else BAND}


def named_terms(
    terms: pd.DataFrame, known: dict[str, set[str]], pucks: list[str], tops: list[int], first: int
) -> Iterator[dict]:
    """q of the terms that the paper names, in Schema's top genes and in those by mean expression: median over pucks.

    known : by library the identifiers of its sets. q is 1 where nothing is shared.
    """
    for name, (library, term) in NAMED.items():
        if term not in known[library]:
            reason = f"{term} is not among the {len(known[library])} gene sets at hand"
            yield {"id": name, "ours": "", "reason": reason}
            continue
        of_term = terms[(terms["library"] == library) & (terms["term"] == term)]
        for method, of_claim in (("schema", ""), ("mean_expression", "control.")):
            for top in tops:
                rows = of_term[(of_term["method"] == method) & (of_term["top"] == top)].set_index("puck")
                overlap = rows["overlap"].reindex(pucks).fillna(0)
                reason = f"{', '.join(f'{one:.0f}' for one in overlap)} genes shared"
                row = {"id": f"{of_claim}{name}", "top": top, **spread(rows["q"].reindex(pucks).fillna(1.0), "pucks")}
                yield row | named(method, first)[1] | {"reason": reason, "class": BAND}


def speed(usage: list[str], summaries: pd.DataFrame, subsets: Mapping[str, dict]) -> Iterator[dict]:
    """Processor time (s) per million of beads times genes, over pucks: of Schema with all that it needs, and of others.

    usage : <puck>/<step>.json. What SpatialDE and Trendsceek take grows faster than the number of beads, so that a rate
    on a subset is in their favour. Theirs is the time of two runs, on observed and on shuffled positions.
    """
    size = summaries.pivot(index="puck", columns="quantity", values="value")
    seconds = pd.DataFrame(
        [(*Path(path).parts[-2:], read_usage(path).cpu_seconds) for path in usage], columns=["puck", "step", "seconds"]
    ).assign(step=lambda table: table["step"].str.removesuffix(".json"))
    whole = size["beads_kept"] * size["genes_kept"] / 1e6
    groups = pd.concat([size["granule_kept"], size["beads_kept"] - size["granule_kept"]], axis=1)
    for name, rows in seconds.groupby(seconds["step"].where(seconds["step"].isin(SLOW), "schema")):
        total, of_claim = rows.groupby("puck")["seconds"].sum(), "control." if name == "schema" else "slide."
        millions, words = whole, "whole pucks: density, factors, all sub-runs, with their controls"
        if name in SLOW:
            n_beads, n_genes = (subsets[name][key] for key in ("beads", "genes"))
            seen = groups.clip(upper=n_beads).sum(axis=1)
            millions = seen * size["genes_kept"].clip(upper=n_genes) * len(POSITIONS) / 1e6
            words = f"{millions.median():.2g} million at a time, where a puck has {whole.median():.2g}"
        row = spread(total / millions, "pucks")
        yield {"id": f"{of_claim}{name}_seconds", **row, "reason": f"{words}; {total.median():.0f} s", "class": "time"}


def scale() -> Iterator[dict]:
    """Time and memory are not of these data: a target of their own measures them."""
    reason = "measured on a simulated puck of this size by the target slide_seq_scale: results/reference/slide_seq"
    for name in ("scale.time", "scale.memory"):
        yield {"id": name, "ours": "", "reason": reason}


if __name__ == "__main__":
    with step(snakemake):
        inputs, params = snakemake.input, snakemake.params
        known = {library: set(read_gmt(inputs[library])) for library in ("go", "reactome")}
        rows, first = [*scale()], params.factors
        for i, (folder, pucks) in enumerate(params.replicates.items()):
            tables = {name: read_table(inputs[name][i]) for name in ("pairs", "methods", "terms", "shares")}
            summaries = pd.concat([read_table(path) for path in inputs.summaries if Path(path).parts[-3] == folder])
            found = [
                *beads(summaries, params.min_umi),
                *agreement(tables["pairs"], tables["methods"], first, params.subsets),
                *paired(tables["pairs"]),
                *term_shares(tables["shares"], first),
                *named_terms(tables["terms"], known, pucks, params.tops, first),
                *(speed(inputs.usage, summaries, params.subsets) if i == 0 else ()),
            ]
            rows += [row | {"replicates": folder if i else MAIN} for row in found]
        write_table(pd.DataFrame(rows), snakemake.output[0])
