"""Our values for the paper's numbers of Figure S1, in the form that ``evaluation.ledger`` describes."""

import re
from collections.abc import Iterator

import pandas as pd

from evaluation.values import fixed, spread
from gastrulation.candidates import stages_of
from gastrulation.fit import CENTRED, EQUAL, NO_BATCH, SCHEMA, SHUFFLED, UNCENTRED
from running import read_table, step, write_table

IDS = {  # by variant: of which claim it is the value, or the control of which name
    SCHEMA: "gastrulation.{}",
    EQUAL: "control.original_{}",
    NO_BATCH: "control.no_batch_term_{}",
    SHUFFLED: "control.shuffled_{}",
    CENTRED: "control.mofa_{}",
    UNCENTRED: "control.mofa_not_centred_{}",
}
ABOUT = {
    EQUAL: "RNA alone: the same components with equal weights",
    NO_BATCH: "Schema with stage alone",
    SHUFFLED: "stages shuffled within replicates: what weights learnt from nothing do",
    CENTRED: "MOFA+ with the samples as groups; it makes their means equal, so that stage cannot shift its factors",
    UNCENTRED: "MOFA+ with the samples as groups, their means left as they are",
}
SCORES = {  # by name in scores.tsv: the claim, and how it was measured
    "stage R2": ("stage", "R2"),
    "stage silhouette": ("stage", "silhouette"),
    "batch R2": ("batch", "R2"),
    "batch silhouette": ("batch", "silhouette"),
    "mixing": ("mixing", "kBET"),
}
BY = ["method", "variant", "s"]


def cell_claims(candidates: pd.DataFrame, paper: int) -> Iterator[dict]:
    """The number of cells of every candidate, and the stages and replicates of the one that is analysed."""
    same = candidates[candidates["cells"] == paper]
    found = "; ".join(f"{one['filter']}, {one['samples']}" for one in same.to_dict("records"))
    words = f"these have {paper:,} cells: {found}" if found else f"none has {paper:,} cells"
    reason = f"of {len(candidates)} candidates {words}"
    for row in candidates.to_dict("records"):
        factors = {name: row[name] for name in ("filter", "samples", "analysed")}
        why = reason if row["analysed"] == "yes" else "another choice of cells or samples"
        yield {"id": "gastrulation.cells", **factors, **fixed(row["cells"]), "reason": why, "class": "exact"}
    chosen = stages_of(candidates.loc[candidates["analysed"] == "yes", "samples"].iloc[0])
    counted = {
        "gastrulation.stages": (len(chosen), ", ".join(chosen)),
        "gastrulation.replicates": (min(map(len, chosen.values())), "as the config names them"),
    }
    for name, (ours, why) in counted.items():
        yield {"id": name, **fixed(ours), "reason": why, "class": "exact"}


def id_of(variant: str, claim: str) -> str:
    """The claim whose value a variant gives, or the control."""
    other = re.sub(r"[^a-z0-9]+", "_", variant.lower())
    return IDS.get(variant, f"control.{other}_{{}}").format(claim)


def valued(rows: pd.DataFrame, column: str, over: str) -> dict:
    """A value with its range, where there are several."""
    return spread(rows[column], over) if len(rows) > 1 else fixed(rows[column].iloc[0])


def factors_of(key: tuple) -> dict:
    """The factor s, of what has one."""
    return {} if pd.isna(key[2]) else {"s": key[2]}


def score_claims(scores: pd.DataFrame) -> Iterator[dict]:
    """Stage and batch in the places of cells. How well batches mix is a control: the paper says nothing of it."""
    for key, rows in scores.groupby([*BY, "score"], dropna=False, sort=False):
        variant, (claim, way) = key[1], SCORES[key[3]]
        name = id_of(variant, claim)
        if claim == "mixing" and variant == SCHEMA:
            name = "control.schema_mixing"
        value = valued(rows, "value", "shuffles of stage")
        yield {"id": name, **factors_of(key), "score": way, **value, "reason": ABOUT.get(variant, "")}


def gene_claims(agreement: pd.DataFrame, overlap: pd.DataFrame) -> Iterator[dict]:
    """Rankings of genes on replicates held out, and beside tests of single genes."""
    for key, rows in agreement.groupby(BY, dropna=False, sort=False):
        by_pair = rows.groupby("pair", as_index=False)["rho"].median()
        value = valued(by_pair, "rho", "ways to part the replicates")
        if key[1] == SHUFFLED:
            value = valued(rows, "rho", "shuffles of stage, and ways to part the replicates")
        reason = ABOUT.get(key[1], "within half of the replicates nothing tells batch from stage: no batch term")
        yield {"id": id_of(key[1], "genes"), **factors_of(key), **value, "reason": reason}
    for key, rows in overlap.groupby([*BY, "test", "top"], dropna=False, sort=False):
        factors = factors_of(key) | {"test": key[3], "top": key[4]}
        value = valued(rows, "shared", "shuffles of stage")
        chance = f"chance gives {rows['chance'].iloc[0]:.2f}"
        reason = "; ".join(filter(None, [ABOUT.get(key[1], ""), chance]))
        yield {"id": id_of(key[1], "overlap"), **factors, **value, "reason": reason}


def cost_claims(costs: pd.DataFrame) -> Iterator[dict]:
    """Time and memory of one fit to all cells; beside what was measured, how a method failed."""
    for row in costs.to_dict("records"):
        for what, words in (
            ("seconds", "one fit to all cells"),
            ("gigabytes", "the process that fitted it, at its peak"),
        ):
            ours = {"ours": ""} if row["state"] == "failed" else fixed(row[what])
            reason = f"failed: {row['reason']}" if row["state"] == "failed" else words
            yield {"id": f"control.{what}_{row['method']}", **ours, "reason": reason, "class": "measured"}


if __name__ == "__main__":
    with step(snakemake):
        tables = {name: read_table(path) for name, path in snakemake.input.items()}
        rows = [
            *cell_claims(tables["candidates"], snakemake.params.paper),
            *score_claims(tables["scores"]),
            *gene_claims(tables["agreement"], tables["overlap"]),
            *cost_claims(tables["costs"]),
        ]
        # components of RNA, whose last digits differ between processors; numbers of cells are exact
        write_table(pd.DataFrame(rows).fillna({"class": "statistical"}), snakemake.output[0])
