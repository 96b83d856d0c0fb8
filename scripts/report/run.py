"""The run in one table: version of the workflow, config and seeds, command, times, and machine."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from report.command import command
from report.version import version
from running import step, whole_file
from running.started import Started, told
from sources.verify import digest


def leaves(config: dict, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every key of a config that holds no further keys, with dots, and its value."""
    for key, value in config.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def tree_digest(folder: Path) -> str:
    """One sha256 for all files below ``folder``: that of the lines of sha256sum for each, sorted by path."""
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if is_content(path))
    lines = (f"{digest(folder / path, 'sha256')}  {path}\n" for path in paths)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def is_content(path: Path) -> bool:
    """Whether ``path`` is a file, and not the mark that Snakemake leaves in a folder."""
    return path.is_file() and path.name != ".snakemake_timestamp"


def made_with(workflow: Path, copy: Path, config: Path, started: Started) -> dict[str, str]:
    """Version of the workflow, and how it was started.

    workflow : the folder of the Snakefile; copy : that of the run's copy of it; config : the run's, saved
    """
    commit, changed = version(workflow)
    return {
        "workflow, git commit": commit,
        "changed since that commit": changed,
        "workflow, sha256 of its files": tree_digest(copy),
        "config.yaml, sha256": digest(config, "sha256"),
        "Snakemake": started.snakemake,
        "command": command(started.arguments),
        "executor": started.executor,
    }


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


if __name__ == "__main__":
    with step(snakemake), whole_file(snakemake.output[0]) as part:  # noqa: F821
        inputs = snakemake.input  # noqa: F821
        workflow, config = Path(snakemake.params.workflow), Path(inputs.config)  # noqa: F821
        machine = pd.read_csv(inputs.machine, sep="\t", dtype=str, keep_default_na=False).itertuples(index=False)
        more = made_with(workflow, Path(inputs.workflow), config, told()) | dict(machine)
        jobs = json.loads(Path(inputs.jobs).read_text(encoding="utf-8"))
        run(yaml.safe_load(config.read_text(encoding="utf-8")), jobs, more).to_csv(part, sep="\t", index=False)
