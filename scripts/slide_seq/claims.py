"""Our values for the paper's statements of Figure 4, with their ranges and controls.

Factors: pucks ("configured", or the name of a variant of the config), factors (of Schema's NMF), solver, genes ("all"
that a method scored, or those "common" to all methods), given ("mean expression" for what is left once it is held
fixed), ranking (of methods that are run on two groups of cells), top (how many genes were tested for terms), and
dataset, which keeps the ledger from judging other pucks as if they were the configured ones.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import anndata
import pandas as pd

from evaluation.values import fixed, spread
from evaluation.verdict import NOTHING
from formats.gmt import read_gmt
from running import read_table, step, write_table
from running.usage import read_usage
from slide_seq.agreement import agreement, class_of, named, other_pucks, paired
from slide_seq.dense import density_of_high, density_variation
from slide_seq.ranking import POSITIONS

Q_BELOW = 0.001  # the paper's, for shares of terms
NAMED = {  # id: library, and the identifier of the term
    "go.ion_transport": ("go", "GO:0022853"),
    "go.electron_transfer": ("go", "GO:0009055"),
    "reactome.ion_channel": ("reactome", "REACTOME_ION_CHANNEL_TRANSPORT"),
}
CONFIGURED, OTHER = "configured", "other pucks"
PUCKS = "pucks"  # what is random
MEAN = "mean_expression"
SLOW = ("spatialde", "trendsceek")  # as the paper says


def sizes(summaries: pd.DataFrame, min_umi: int) -> Iterator[dict]:
    """How many transcriptomes and genes there are in a set of pucks."""
    counts = summaries.pivot(index="puck", columns="quantity", values="value")
    total = counts.sum()
    words = (
        f"{total['beads_with_counts']:.0f} with counts, {total['beads_with_all']:.0f} of them with place and cluster; "
        f"those with more than {min_umi} UMI are kept"
    )
    yield {"id": "slide.beads", **fixed(int(total["beads_kept"])), "reason": words}
    for what in ("beads", "genes"):
        of_pucks = counts[f"{what}_kept"]
        row = {"id": f"slide.{what}_per_puck", **spread(of_pucks, PUCKS), "ours": of_pucks.mean()}
        yield row | {"reason": ", ".join(f"{name}: {value:.0f}" for name, value in of_pucks.items())}


def density(
    obs: Mapping[str, pd.DataFrame], loadings: Mapping[str, pd.DataFrame], clusters: list[int]
) -> Iterator[dict]:
    """How local density varies over granule beads, and how much higher it is at those of high loading by Schema.

    obs, loadings : of each puck; clusters : of granule cells, then of the other types
    """
    variation = pd.DataFrame({puck: density_variation(one, clusters) for puck, one in obs.items()})
    yield {"id": "slide.granule_density", **spread(variation.iloc[0], PUCKS)}
    largest = f"the largest of clusters {', '.join(map(str, clusters[1:]))}"
    yield {"id": "control.density_other_types", **spread(variation.iloc[1:].max(), PUCKS), "reason": largest}
    for name, positions in zip(("slide.dense_genes", "control.dense_shuffled"), POSITIONS, strict=True):
        found = []
        for puck, one in obs.items():
            chosen = loadings[puck].query("method == 'schema' and positions == @positions")
            found.append(density_of_high(one, chosen.set_index("barcode")["loading"], positions))
        yield {"id": name, **spread(pd.Series(found), PUCKS), "class": class_of("schema")}


def term_shares(shares: pd.DataFrame, terms: pd.DataFrame, first: int) -> Iterator[dict]:
    """Share of enriched GO terms that all pucks and that two of them have, for each number of top genes."""
    mixed = (terms.loc[terms["library"] == "go", "branch"].fillna("") == "").all()
    for _, row in shares[(shares["library"] == "go") & (shares["q_below"] == Q_BELOW)].iterrows():
        name, factors = named(row["method"], first)
        counts = f"{row['three']} and {row['two']} of {row['any']} terms" if row["any"] else "no term is enriched"
        reason = f"{counts}; of all branches of GO, which the sets do not tell apart" if mixed else counts
        for count in ("3of3", "2of3"):
            ours = row[f"share_{count}"] if row["any"] else NOTHING
            found = f"control.terms_{count}" if name == MEAN else f"go.{name}_{count}"
            values = {"id": found, **factors, "top": row["top"], **fixed(ours)}
            yield values | {"reason": reason, "class": class_of(row["method"])}


def named_terms(
    terms: pd.DataFrame, known: dict[str, set[str]], pucks: list[str], tops: list[int], first: int
) -> Iterator[dict]:
    """q of the terms that the paper names, in Schema's top genes and in those by mean expression: median over pucks.

    known : by library the identifiers of its sets. q is 1 where nothing is shared.
    """
    ranked = [
        method for method in dict.fromkeys(terms["method"]) if method == MEAN or named(method, first)[0] == "schema"
    ]
    for name, (library, term) in NAMED.items():
        if term not in known[library]:
            reason = f"{term} is not among the {len(known[library])} gene sets at hand"
            yield from ({"id": name, "factors": first, "top": top, "ours": "", "reason": reason} for top in tops)
            continue
        of_term = terms[(terms["library"] == library) & (terms["term"] == term)]
        for method in ranked:
            found = f"control.{name.partition('.')[2]}" if method == MEAN else name
            for top in tops:
                rows = of_term[(of_term["method"] == method) & (of_term["top"] == top)].set_index("puck")
                overlap = ", ".join(f"{one:.0f}" for one in rows["overlap"].reindex(pucks).fillna(0))
                row = {"id": found, **named(method, first)[1], "top": top, "reason": f"{overlap} genes shared"}
                yield row | spread(rows["q"].reindex(pucks).fillna(1.0), PUCKS) | {"class": class_of(method)}


def speed(usage: list[str], same_subset: list[str]) -> Iterator[dict]:
    """Processor time (s) of slow methods on their subsets, and of Schema on the same beads and genes.

    usage : <puck>/<method>.json, of two runs, on observed and on shuffled positions; same_subset : tables of Schema's
    """
    schema = pd.concat([pd.DataFrame(columns=["method"]), *map(read_table, same_subset)])
    for method in SLOW:
        rows = schema[schema["method"] == method]
        if rows.empty:
            yield {"id": f"time.{method}", "ours": "", "reason": f"{method} is not among the methods of this run"}
            continue
        theirs = [read_usage(path).cpu_seconds / len(POSITIONS) for path in usage if Path(path).stem == method]
        reason = f"{rows['beads'].median():.0f} beads, {rows['genes'].median():.0f} genes"
        for name, values in ((f"time.{method}", pd.Series(theirs)), (f"control.time_schema_{method}", rows["seconds"])):
            yield {"id": name, **spread(values, PUCKS), "reason": reason, "class": "measured"}


def scale(usage: list[str], pucks: list[str], steps: list[str]) -> Iterator[dict]:
    """Table S1: minutes of all ``steps`` of a puck one after the other, and GB of that which takes most.

    usage : <puck>/<step>.json of each; Schema is run on observed and on shuffled positions
    """
    used = {puck: [read_usage(path) for path in usage if Path(path).parts[-2:-1] == (puck,)] for puck in pucks}
    measured = {
        "scale.time": [sum(step.seconds for step in of) / 60 for of in used.values()],
        "scale.memory": [max(step.peak_mb for step in of) / 1000 for of in used.values()],
    }
    reason = f"{', '.join(steps)}; on observed and on shuffled positions"
    for name, values in measured.items():
        yield {"id": name, **spread(pd.Series(values), PUCKS), "reason": reason, "class": "measured"}


def of_pucks(paths: list[str], folder: str, pucks: list[str]) -> dict[str, str]:
    """By puck its file among ``paths``, which are below <folder>/<puck>/."""
    return {puck: next(path for path in paths if f"/{folder}/{puck}/" in path) for puck in pucks}


if __name__ == "__main__":
    with step(snakemake):
        inputs, params = snakemake.input, snakemake.params
        known = {library: set(read_gmt(inputs[library])) for library in ("go", "reactome")}
        configured = next(iter(params.replicates.values()))
        rows, others, first = [*scale(inputs.steps, configured["pucks"], params.steps)], {}, params.factors
        for i, (folder, one) in enumerate(params.replicates.items()):
            pairs, methods, terms, shares = (
                read_table(inputs[name][i]) for name in ("pairs", "methods", "terms", "shares")
            )
            files = {name: of_pucks(inputs[name], folder, one["pucks"]) for name in ("summaries", "beads", "loadings")}
            summaries = pd.concat(read_table(path) for path in files["summaries"].values())
            beads = {puck: anndata.read_h5ad(path, backed="r").obs for puck, path in files["beads"].items()}
            loadings = {puck: pd.read_parquet(path) for puck, path in files["loadings"].items()}
            found = [
                *sizes(summaries, params.min_umi),
                *density(beads, loadings, params.clusters),
                *agreement(pairs, methods, first, params.subsets),
                *paired(pairs),
                *term_shares(shares, terms, first),
                *named_terms(terms, known, one["pucks"], params.tops, first),
            ]
            about = [f"pucks {', '.join(one['pucks'])}"]
            if one["least_posterior"] is not None:
                about.append(f"types with a posterior above {one['least_posterior']}")
            for row in found:
                reason = "; ".join(filter(None, [row.get("reason"), *(about if i else ())]))
                rows.append(
                    row | {"pucks": folder if i else CONFIGURED, "dataset": OTHER if i else "", "reason": reason}
                )
            if not set(one["pucks"]) & set(configured["pucks"]):
                others[folder] = pairs
        rows += [row | {"dataset": OTHER} for row in other_pucks(others)]
        rows += speed(inputs.usage, inputs.same_subset)
        write_table(pd.DataFrame(rows), snakemake.output[0])
