"""What the run was made with: interpreter and packages of every environment, and the machine that they ran on."""

import json
import os
import platform
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_info

from running import step, write_table
from running.usage import read_software

# Where the number of numerical threads, and how they wait, may come from. Snakemake sets the first to a job's threads.
THREADS = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS"),
    *("OMP_DYNAMIC", "OMP_PROC_BIND", "OMP_WAIT_POLICY", "MKL_DYNAMIC", "OPENBLAS_CORETYPE", "MKL_CBWR"),
    *("PYTHONHASHSEED", "CUDA_VISIBLE_DEVICES"),
)


def software(jobs: list[dict], folder: Path) -> pd.DataFrame:
    """Rows (what, version, rules): the interpreter and packages of every environment that a job of the run was in.

    jobs : as the reporter snakemake_report_plugin_jobs writes them; folder : results/<run>. ``rules`` is empty where
    all rules had the same version.
    """
    found: dict[tuple[str, str], set[str]] = {}
    for job in jobs:
        if job["usage"]:
            for item in read_software(folder / job["usage"]).items():
                found.setdefault(item, set()).add(job["rule"])
    every = {job["rule"] for job in jobs if job["usage"]}
    rows = [(*item, "" if rules == every else ", ".join(sorted(rules))) for item, rules in found.items()]
    table = pd.DataFrame(rows, columns=["what", "version", "rules"])
    return table.sort_values(["what", "version"], key=lambda column: column.str.lower(), ignore_index=True)


def machine() -> pd.DataFrame:
    """Rows (what, value): system, processor, memory, GPU, linear algebra, and the environment's say on threads."""
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
        "GPU": gpus(),
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


def gpus() -> str:
    """The GPUs that NVIDIA's driver names; deep models are trained on one where there is one."""
    command = shutil.which("nvidia-smi")
    if command is None:
        return "none"
    told = subprocess.run([command, "--query-gpu=name", "--format=csv,noheader"], capture_output=True, text=True)
    return ", ".join(told.stdout.split("\n")[:-1]) if told.returncode == 0 else "none"


def processor() -> str:
    """The processor's name where the system tells it, else its architecture."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
            names = [line.partition(":")[2].strip() for line in cpuinfo if line.startswith("model name")]
    except FileNotFoundError:  # not Linux
        names = []
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    with step(snakemake):
        listed, outputs = Path(snakemake.input.jobs), snakemake.output
        jobs = json.loads(listed.read_text(encoding="utf-8"))
        for table, target in ((software(jobs, listed.parent), outputs.software), (machine(), outputs.machine)):
            write_table(table, target)
