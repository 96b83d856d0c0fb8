"""What an epoch of each deep model of Figure 2 takes on this machine: on its GPU, or on one thread of its processor.

usage: python scripts/benchmarks/epochs.py CELLS OUT [--epochs N] [--methods NAME ...]

CELLS is results/<run>/sci_car/cells.h5mu. Each model is trained twice, each time in a fresh process: for one epoch, and
for N more. The difference is N epochs, without reading, building the model, and warming up.
"""

import argparse
import logging
import tempfile
from importlib import import_module
from pathlib import Path
from time import perf_counter

import pandas as pd

from configuration.strict_yaml import read_yaml
from provenance.places import ROOT
from running import write_table
from running.fresh_process import in_fresh_process
from running.usage import peak_gigabytes
from sci_car.methods.table import METHODS, settings_of

DEEP = [name for name, method in METHODS.items() if method.group == "deep"]


def per_epoch(method: str, cells: Path, epochs: int) -> dict:
    """Seconds of an epoch of ``method``, its memory, and the device that it was trained on."""
    settings = settings_of(method, read_yaml(ROOT / "config/config.yaml")["sci_car"])
    given = {"threads": 1, "method": method, "cells": str(cells)}
    one, more = (
        in_fresh_process("benchmarks.epochs:measured", **given, settings=settings | {"epochs": number})
        for number in (1, 1 + epochs)
    )
    each = {"seconds_per_epoch": (more["seconds"] - one["seconds"]) / epochs, "epochs": epochs}
    return {"method": method, "device": more["device"]} | each | {key: more[key] for key in ("peak_gb", "gpu_peak_gb")}


def measured(method: str, cells: str, settings: dict) -> dict:
    """Seconds and memory (GB) of one training with its reading and writing, and the device. Runs in a fresh process."""
    import torch  # here, as it takes seconds that only the fresh process needs

    from baselines.deep import name_of

    module = import_module(f"sci_car.methods.{METHODS[method].module}")
    gpu = torch.cuda.is_available()
    with tempfile.TemporaryDirectory() as folder:
        start = perf_counter()
        module.embed(f"{folder}/places.parquet", cells, 0, **settings)
        seconds = perf_counter() - start
    taken = {"seconds": seconds, "peak_gb": peak_gigabytes()}
    taken["gpu_peak_gb"] = torch.cuda.max_memory_allocated() / 1e9 if gpu else 0.0
    return taken | {"device": name_of(torch.device("cuda" if gpu else "cpu"))}


def main() -> None:
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cells", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--methods", nargs="+", choices=DEEP, default=DEEP)
    given = parser.parse_args()
    rows = []
    for method in given.methods:
        rows.append(per_epoch(method, given.cells, given.epochs))
        write_table(pd.DataFrame(rows), given.out)  # after each, since on a processor one takes minutes
    print(pd.DataFrame(rows).to_string(index=False))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
