"""Snakemake script: fetch one file of the registry, and write its receipt. See ``sources.fetch``."""

from pathlib import Path

from running import step
from sources.fetch import fetch
from sources.receipt import write_receipt
from sources.registry import load_registry

if __name__ == "__main__":
    with step(snakemake):  # noqa: F821
        params, outputs = snakemake.params, snakemake.output  # noqa: F821
        registry, target = load_registry(params.registry), Path(outputs.file)
        file = registry.file(params.dataset, params.name)
        patience = {"attempts": params.attempts, "timeout": params.timeout}
        origin = fetch(file, target, params.mirror, Path(params.pins), **patience)
        write_receipt(registry[params.dataset], params.name, target, Path(outputs.receipt), origin)
