"""Every published or simulated file that a run read: what it is, whose, from where, and its hash."""

import json
from pathlib import Path

import pandas as pd
import yaml

from provenance.places import MIRROR, SOURCES, Places
from running import InputError, step, write_table
from running.intact import RECEIPT
from running.told import told
from sources.verify import digest

COLUMNS = [
    "file",
    "dataset",
    "title",
    "bytes",
    "sha256",
    "verified",
    "origin",
    "date",
    "licence",
    "citation",
    "address",
]


def inputs(jobs: list[dict], places: Places, simulated: str | None) -> pd.DataFrame:
    """Rows of ``COLUMNS``, a file each, by name; what is not known is empty.

    jobs : what snakemake_report_plugin_jobs writes
    simulated : what to give as the origin of files without a receipt, where the data are simulated

    Raises InputError where a file is no longer the one of its receipt.
    """
    read = sorted({name for job in jobs for name in job["inputs"] if is_source(name)})
    rows = [_row(name, places.path(name), simulated) for name in read]
    return pd.DataFrame(rows, columns=COLUMNS).fillna("")


def is_source(name: str) -> bool:
    """Whether a file of this name came from outside the workflow, or stands for one that does.

    What a simulator planted is neither: no step of the analysis reads it.
    """
    path = Path(name)
    return path.parts[0] in (SOURCES, MIRROR) and path.name != "truth.json" and not name.endswith(RECEIPT)


def _row(name: str, path: Path, simulated: str | None) -> dict:
    known = {"origin": simulated or "the mirror, read in place and not verified"}
    found, receipt = digest(path, "sha256"), path.with_name(path.name + RECEIPT)
    if receipt.exists() and not simulated:
        known = yaml.safe_load(receipt.read_text(encoding="utf-8"))
        if known["sha256"] != found:
            remedy = f"move the file away, with {receipt.name}, to have it fetched again"
            raise InputError(path, f"has sha256 {found}, and not {known['sha256']} as when it was fetched", remedy)
    about = {key: known[key] for key in COLUMNS if known.get(key) is not None}
    return about | {"file": name, "dataset": path.parent.name, "bytes": str(path.stat().st_size), "sha256": found}


if __name__ == "__main__":
    with step(snakemake):
        listed = Path(snakemake.input.jobs)
        jobs = json.loads(listed.read_text(encoding="utf-8"))
        simulated = snakemake.params.simulated
        places = Places(listed.parent, told()["mirror"], sources=None if simulated else told()["sources"])
        write_table(inputs(jobs, places, simulated), snakemake.output[0])
