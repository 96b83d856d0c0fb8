"""What the run was made with: packages, interpreter, processor and linear algebra."""

import os
import platform
from importlib.metadata import distributions

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_info

from running import step, whole_file


def software() -> pd.DataFrame:
    """Rows (what, version): the machine and the interpreter first, then every installed package by name."""
    np.linalg.eigvalsh(np.eye(2))  # loads the linear algebra, so that it can be named
    libraries = {
        f"{info['internal_api']} ({info.get('architecture', 'any')})": info["version"] for info in threadpool_info()
    }
    machine = {
        "Python": platform.python_version(),
        "system": platform.platform(),
        "processor": processor(),
        "cores": str(os.cpu_count()),
    }
    packages = {d.metadata["Name"].lower(): d.version for d in distributions()}
    rows = [*machine.items(), *libraries.items(), *sorted(packages.items())]
    return pd.DataFrame(rows, columns=["what", "version"])


def processor() -> str:
    """The processor's name where the system tells it, else its architecture."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
            names = [line.partition(":")[2].strip() for line in cpuinfo if line.startswith("model name")]
    except FileNotFoundError:  # not Linux
        names = []
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    with step(snakemake), whole_file(snakemake.output[0]) as part:  # noqa: F821
        software().to_csv(part, sep="\t", index=False)
