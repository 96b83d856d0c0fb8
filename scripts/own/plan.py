"""Check an AnnData against what is asked of it, before its rows are dealt out: once, and from its metadata alone."""

import json
from collections.abc import Sequence
from pathlib import Path

from own.files import opened
from own.stored import Element, column_names, n_observations
from running import InputError, step, whole_file

SINGLE = {"numeric": "vector", "categorical": "categories"}
# moments hold (2 k)² doubles, several times over: 3 GB each at this many columns
MOST_COLUMNS = 10_000


def plan(path: Path | str, features: str, modalities: Sequence[dict], jobs: int) -> dict:
    """{rows, features: names}; InputError for the first thing that cannot work.

    features : "X", "layers/<key>" or "obsm/<key>"; modalities : {values, kind, weight}
    """
    with opened(path) as top:
        primary = Element(top, path, features)
        rows = n_observations(primary.holder)
        if rows < max(2, jobs):
            problem = f"obs has {rows:,} row(s), too few for pairs in {jobs} jobs"
            raise InputError(path, problem, "give at least two rows, and one for each of own.jobs")
        if primary.holds_labels:
            raise InputError(path, f"{features} holds labels", "name numbers in own.use_rep")
        if primary.width > MOST_COLUMNS:
            problem = f"{features} has {primary.width:,} columns, and the cost grows with their square"
            raise InputError(path, problem, f"use at most {MOST_COLUMNS:,}: a representation in obsm, say")
        for one in modalities:
            element = Element(top, path, one["values"])
            check_modality(element, element.kind(one.get("kind")))
            if element.width > MOST_COLUMNS:
                problem = f"{one['values']} has {element.width:,} columns, and the cost grows with their square"
                raise InputError(path, problem, f"use at most {MOST_COLUMNS:,}: a representation in obsm, say")
        return {"rows": rows, "features": column_names(primary)}


def check_modality(element: Element, kind: str) -> None:
    """Raise InputError where an element is not what its kind says."""
    labels = kind in ("categorical", "categories")
    if kind in SINGLE and element.width != 1:
        problem = f"{element.place} has {element.width} columns, but kind {kind!r} is of one"
        raise InputError(element.path, problem, f"use kind {SINGLE[kind]!r}")
    if not labels and element.holds_labels:
        problem = f"{element.place} holds labels, but kind {kind!r} is of numbers"
        raise InputError(element.path, problem, "use kind 'categorical' or 'categories'")
    if labels and element.encoding == "csr_matrix":
        raise InputError(
            element.path, f"{element.place} is sparse, but kind {kind!r} is of labels", "use kind 'vector'"
        )


if __name__ == "__main__":
    with step(snakemake, in_part=["h5ad"]):
        params = snakemake.params
        for key, asked in params.representations.items():
            if asked not in (None, "as_is"):
                problem = f"{asked} is made of what fits into memory alone, and {params.h5ad} is dealt out to jobs"
                raise InputError(key, problem, "store it in obsm and name that, or raise own.rows_in_memory")
        found = plan(params.h5ad, params.features, params.modalities, params.jobs)
        with whole_file(snakemake.output[0]) as part:
            part.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
