"""Fixtures shared by all tests: the repository, a finished demo run, and the real files where they are at hand."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


SNAKEFILE = REPOSITORY / "Snakefile"


def snakemake(
    *arguments: str, folder: Path, check: bool = True, snakefile: Path = SNAKEFILE, **environment: str
) -> subprocess.CompletedProcess:
    """Run the workflow with ``folder`` as its working directory."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(snakefile), "--cores", "2"]
    done = subprocess.run(
        [*command, *arguments], cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True
    )
    if check and done.returncode:
        raise AssertionError(f"snakemake {' '.join(arguments)} failed:\n{done.stderr[-6000:]}")
    return done


def config_of(name: str) -> str:
    """The path of an overlay."""
    return str(REPOSITORY / "config" / f"{name}.yaml")


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory) -> Path:
    """The folder results/demo of a whole demo run, from nothing."""
    folder = tmp_path_factory.mktemp("demo")
    snakemake("--configfile", config_of("demo"), folder=folder)
    return folder / "results" / "demo"


@pytest.fixture(scope="session")
def real_mirror(tmp_path_factory) -> Path:
    """The published files, laid out as a mirror by the unpack.py of the folder REAL_DATA (default ../shared/data)."""
    packed = Path(os.environ.get("REAL_DATA", REPOSITORY.parent / "shared" / "data"))
    if not (packed / "unpack.py").is_file():
        pytest.skip(f"the published files are not at hand: no unpack.py in {packed} (set REAL_DATA)")
    folder = tmp_path_factory.mktemp("mirror")
    subprocess.run([sys.executable, str(packed / "unpack.py"), str(folder)], check=True, stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture(scope="session")
def real_run(tmp_path_factory, real_mirror) -> Path:
    """The folder results/quick of a run on the published files, without the deep models."""
    folder = tmp_path_factory.mktemp("quick")
    snakemake("--configfile", config_of("real"), config_of("quick"), "--config", f"mirror={real_mirror}", folder=folder)
    return folder / "results" / "quick"


@pytest.fixture(scope="session")
def whole_real_run(tmp_path_factory, real_mirror) -> Path:
    """The folder results/real of a run on the published files with everything; for slow tests."""
    folder = tmp_path_factory.mktemp("real")
    snakemake("--configfile", config_of("real"), "--config", f"mirror={real_mirror}", folder=folder)
    return folder / "results" / "real"
