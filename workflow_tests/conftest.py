"""What all tests share: the repository, a finished demo run, and the real files where they are at hand.

Tests run in several processes (pytest-xdist), each file of tests in one of them. What takes long is made once for all,
by the first that asks for it; it is read by several at a time, so that a test that writes takes a copy of it.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from selenium import webdriver
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

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


class ByFile(LoadScopeScheduling):
    """A file of tests stays in one process, with its fixtures; and so do both files that start Slurm's one node."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::")[0]
        return "slurm" if "test_slurm" in file else file


@pytest.hookimpl(optionalhook=True)  # without xdist nobody asks
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """How tests are dealt to processes, where there are several."""
    return ByFile(config, log)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory) -> Callable[[str, Callable[[Path], object]], Path]:
    """The folder of a name for all processes; where it is not there yet, a function is called to fill it."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name: str, fill: Callable[[Path], object]) -> Path:
        folder, whole = base / name, base / f"{name} is whole"
        with FileLock(base / f"{name}.lock"):
            if not whole.exists():
                assert not folder.exists(), f"{name} could not be made, as the first test that asked for it says"
                folder.mkdir()
                fill(folder)
                whole.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def demo_run(made_once) -> Path:
    """The folder results/demo of a whole demo run, from nothing."""
    folder = made_once("demo", lambda folder: snakemake("--configfile", config_of("demo"), folder=folder))
    return folder / "results" / "demo"


@pytest.fixture
def demo_copy(demo_run, tmp_path) -> Path:
    """The working directory of a finished demo run, to do with as one likes."""
    return Path(shutil.copytree(demo_run.parents[1], tmp_path / "copy", symlinks=True))


@pytest.fixture(scope="session")
def real_mirror(made_once) -> Path:
    """The published files, laid out as a mirror by the unpack.py of the folder REAL_DATA (default ../shared/data)."""
    packed = Path(os.environ.get("REAL_DATA", REPOSITORY.parent / "shared" / "data"))
    if not (packed / "unpack.py").is_file():
        pytest.skip(f"the published files are not at hand: no unpack.py in {packed} (set REAL_DATA)")
    unpack = [sys.executable, str(packed / "unpack.py")]
    return made_once("mirror", lambda folder: subprocess.run([*unpack, str(folder)], check=True, capture_output=True))


@pytest.fixture(scope="session")
def real_run(made_once, real_mirror) -> Path:
    """The folder results/quick of a run on the published files, without the deep models and with few repeats."""
    few = str(REPOSITORY / "workflow_tests/few_repeats.yaml")
    overlays = ["--configfile", config_of("real"), config_of("quick"), few, "--config", f"mirror={real_mirror}"]
    return made_once("quick", lambda folder: snakemake(*overlays, folder=folder)) / "results" / "quick"


@pytest.fixture(scope="session")
def whole_real_run(made_once, real_mirror) -> Path:
    """The folder results/real of a run on the published files with everything; for slow tests."""
    overlays = ["--configfile", config_of("real"), "--config", f"mirror={real_mirror}"]
    return made_once("real", lambda folder: snakemake(*overlays, folder=folder)) / "results" / "real"


FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --window-size=1500,1100"
)


@pytest.fixture
def open_browser(tmp_path):
    """A function that starts Chromium, with scripts of pages or without; each is ended after the test."""
    chromium, driver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if not (chromium and driver):
        pytest.skip("no browser here: install chromium and chromedriver (Debian: chromium chromium-driver)")
    sessions = []

    def start(*, scripts: bool = True) -> webdriver.Chrome:
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for flag in [*FLAGS.split(), f"--user-data-dir={tmp_path / f'profile{len(sessions)}'}"]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        if not scripts:
            options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
        sessions.append(webdriver.Chrome(options=options, service=webdriver.ChromeService(driver)))
        return sessions[-1]

    yield start
    for session in sessions:
        session.quit()


@pytest.fixture
def browser(open_browser):
    return open_browser()
