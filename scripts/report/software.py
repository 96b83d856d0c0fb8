"""What the run was made with: interpreter and packages, and the machine that they ran on."""

import os
import platform
from importlib.metadata import distributions

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_info

from running import step, whole_file

# Where the number of numerical threads, and how they wait, may come from. Snakemake sets the first to a job's threads.
THREADS = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS"),
    *("OMP_DYNAMIC", "OMP_PROC_BIND", "OMP_WAIT_POLICY", "MKL_DYNAMIC", "OPENBLAS_CORETYPE", "MKL_CBWR"),
    *("PYTHONHASHSEED", "CUDA_VISIBLE_DEVICES"),
)


def software() -> pd.DataFrame:
    """Rows (what, version): the interpreter, then every installed package by name."""
    packages = {d.metadata["Name"].lower(): d.version for d in distributions()}
    return pd.DataFrame([("Python", platform.python_version()), *sorted(packages.items())], columns=["what", "version"])


def machine() -> pd.DataFrame:
    """Rows (what, value): system, processor, memory, linear algebra, and the environment's say on threads."""
    np.linalg.eigvalsh(np.eye(2))  # loads the linear algebra, so that it can be named
    libraries = {
        f"{info['internal_api']} ({info.get('architecture', 'any')})": info["version"] for info in threadpool_info()
    }
    threads = [f"{name}={os.environ[name]}" for name in THREADS if name in os.environ]
    rows = {
        "system": f"{platform.system()} {platform.release()}",
        "C library": " ".join(platform.libc_ver()).strip() or "unknown",
        "processor": f"{processor()} ({platform.machine()})",
        "cores": str(os.cpu_count()),
        "memory": memory(),
        "linear algebra": ", ".join(f"{name} {version}" for name, version in libraries.items()) or "unknown",
        "threads, in a job that has one": ", ".join(threads) or "not set",
    }
    return pd.DataFrame(list(rows.items()), columns=["what", "value"])


def memory() -> str:
    """All memory of the machine, in GiB."""
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB"
    except (AttributeError, ValueError):  # not a POSIX system, or one that does not tell
        return "unknown"


def processor() -> str:
    """The processor's name where the system tells it, else its architecture."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
            names = [line.partition(":")[2].strip() for line in cpuinfo if line.startswith("model name")]
    except FileNotFoundError:  # not Linux
        names = []
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    with step(snakemake):  # noqa: F821
        outputs = snakemake.output  # noqa: F821
        for table, target in ((software(), outputs.software), (machine(), outputs.machine)):
            with whole_file(target) as part:
                table.to_csv(part, sep="\t", index=False)
