"""The run in one table: version of the workflow, config and seeds, command, times, and machine."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from provenance.command import command
from running import read_table, step, write_table
from running.told import told
from sources.verify import digest


def leaves(config: dict, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every key of a config that holds no further keys, with dots, and its value."""
    for key, value in config.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def run(config: dict, jobs: list[dict], more: dict[str, str]) -> pd.DataFrame:
    """Rows (what, value); ``more`` are the last: version, command, machine."""
    used = {key: value for key, value in config.items() if not isinstance(value, dict) or key in config["parts"]}
    seeds = sorted((key, value) for key, value in leaves(used) if "seed" in key.split(".")[-1])
    times = sorted(job[when] for job in jobs for when in ("started", "ended") if job[when])
    rows = {
        "run": config["run"],
        "data": config["data"],
        "parts": ", ".join(config["parts"]),
        "jobs up to figures and ledger": str(len(jobs)),
        "first of them started": times[0] if times else "unknown",
        "last of them ended": times[-1] if times else "unknown",
        "seeds": ", ".join(f"{key}={json.dumps(value)}" for key, value in seeds),
    }
    return pd.DataFrame(list((rows | more).items()), columns=["what", "value"])


def two_columns(path: Path) -> dict[str, str]:
    """A table of two columns as a dictionary."""
    return dict(read_table(path, text=True).itertuples(index=False))


if __name__ == "__main__":
    with step(snakemake):
        inputs, started = snakemake.input, told()
        config = Path(inputs.config)
        more = two_columns(Path(inputs.version)) | {
            "config.yaml, sha256": digest(config, "sha256"),
            "Snakemake": started.get("snakemake", "unknown"),
            "command": command(started.get("arguments", [])),
            "executor": started.get("executor", "unknown"),
        }
        more |= two_columns(Path(inputs.machine))
        jobs = json.loads(Path(inputs.jobs).read_text(encoding="utf-8"))
        table = run(yaml.safe_load(config.read_text(encoding="utf-8")), jobs, more)
        write_table(table, snakemake.output[0])
