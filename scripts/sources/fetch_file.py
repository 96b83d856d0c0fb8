"""Snakemake script: fetch one file of the registry. See ``sources.fetch``."""

from pathlib import Path

from running import step
from sources.fetch import fetch
from sources.registry import load_registry

if __name__ == "__main__":
    with step(snakemake):  # noqa: F821
        params = snakemake.params  # noqa: F821
        file = load_registry(params.registry).file(params.dataset, params.name)
        target, pins = Path(snakemake.output[0]), Path(params.pins)  # noqa: F821
        fetch(file, target, params.mirror, pins, attempts=params.attempts, timeout=params.timeout)
