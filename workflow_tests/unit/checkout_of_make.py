"""A checkout to try ``make`` in.

A Python of shell stands for the real one: it makes the folder of an environment, and notes what it is asked to do.
"""

import shutil
import subprocess
from types import SimpleNamespace

import pytest
from conftest import REPOSITORY

COMMANDS = "sh make cat cp mkdir mv rm ls sed find head cut grep expand basename sha256sum touch"
LOCK = "numpy==2.3.5 \\\n    --hash=sha256:0\n"
UV = "uv==0.13.9 \\\n    --hash=sha256:1\n"
STAMP = ".venv/.installed-from-lock"
PYTHON = r"""#!/bin/sh
# -c CODE, -m venv FOLDER, -m pip ..., -m uv ...
echo "$@" >> "$CALLS"
case "$*" in
  "-m venv"*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  *"pip config list") echo "$PIP_SAYS" ;;
  "-m uv "*) exit ${UV_FAILS:-0} ;;
  "-m pip -qq "*" install "*) exit ${PIP_FAILS:-0} ;;
  *print*) echo "Python 3.11.7 /usr/bin/python3.11" ;;
  -c*) exit ${UNFIT:-0} ;;
  "-m snakemake"*)
    for word in "$@"; do echo "[$word]"; done
    for run in demo real; do mkdir -p results/$run && echo "what was found" > results/$run/scorecard.txt; done ;;
esac
"""


def executable(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def a_checkout(tmp_path):
    """A checkout with the Makefile alone, and make in it, where the fake Python is python3.11 and no other is there."""
    return checkout_in(tmp_path / "checkout", tmp_path / "commands")


def checkout_in(folder, commands):
    (folder / "envs").mkdir(parents=True)
    for name in ("Makefile", "envs/install.sh"):
        shutil.copy(REPOSITORY / name, folder / name)
    (folder / "envs/requirements.in").write_text("torch==2.13.0\n")
    (folder / "envs/requirements.lock").write_text(LOCK + UV)
    executable(commands / "python3.11", PYTHON)
    for name in COMMANDS.split():
        (commands / name).symlink_to(shutil.which(name))
    calls = folder / "calls"

    def make(*arguments, check=True, **environment):
        calls.write_text("")
        given = {"PATH": str(commands), "HOME": str(folder), "CALLS": str(calls), "PIP_SAYS": ""} | environment
        done = subprocess.run(["make", *arguments], cwd=folder, env=given, capture_output=True, text=True)
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return SimpleNamespace(
            code=done.returncode, said=done.stdout + done.stderr, calls=calls.read_text().splitlines()
        )

    return SimpleNamespace(folder=folder, make=make, commands=commands)
