"""The run in one table: version of the workflow, config and seeds, command, times, and machine."""

import json
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
import yaml

from running import read_table, step, write_table
from running.told import told
from sources.verify import digest

# Options whose values are numbers or names of Snakemake's own, and those whose values are files.
PLAIN = {"--cores", "-c", "--jobs", "-j", "--executor", "-e", "--retries", "--local-cores", "--set-threads"}
FILES = {"--configfile", "--configfiles", "--snakefile", "-s", "--profile", "--workflow-profile"}
HIDDEN = "..."


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


def command(arguments: Sequence[str]) -> str:
    """One line: options as given, files by name alone, and ``...`` for every other value (of --config among others).

    What --config set stands in config.yaml. A path, an account or an address may name a person or a machine.
    """
    if not arguments:
        return "unknown"
    words, option = ["snakemake"], None
    for argument in arguments[1:]:
        if option == "--":
            words.append(_name(argument))
        elif argument.startswith("-"):
            option, given, value = argument.partition("=") if argument.startswith("--") else _short(argument)
            words += [option + given + _shown(option, value)] if given == "=" else [option]
            words += [_shown(option, value)] if given == " " else []
        else:
            words.append(_shown(option, argument))
    return shlex.join(words)


def _short(argument: str) -> tuple[str, str, str]:
    """A short option may be joined to its value: -j4."""
    return argument[:2], "" if len(argument) == 2 else " ", argument[2:].removeprefix("=")


def _shown(option: str | None, value: str) -> str:
    if option in PLAIN:
        return value
    return _name(value) if option in FILES else HIDDEN


def _name(path: str) -> str:
    return PurePosixPath(path).name


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
