"""make: its settings, whose environments it makes and clears, and which Python and which programs install them."""

import os

import pytest
from checkout_of_make import PYTHON, STAMP, UV, a_checkout, checkout_in, executable
from snakemake.cli import parse_config

checkout = a_checkout

SETTINGS = ("VENV", "PYTHON", "CORES", "RUN", "GOLDEN", "MIRROR", "TESTS", "TOOLS", "PIP", "SNAKEMAKE", "PY", "quoted")
TARGETS = ("demo", "real", "test", "lint", "check-results", "sbom", "lock", "unlock")


@pytest.mark.parametrize("flags", ["-n", "-ne"])
def test_settings_are_not_taken_from_the_environment(checkout, flags):
    plain = checkout.make("-n", *TARGETS).said
    assert checkout.make(flags, *TARGETS, **dict.fromkeys(SETTINGS, "from-the-shell")).said == plain
    said = checkout.make(flags, "demo", "VENV=mine", "CORES=2", VENV="theirs").said
    assert "sh envs/install.sh 'mine'" in said
    assert "'mine/bin/python' -m snakemake --cores '2'" in said


MIRRORS = ("/a b", "a$HOME", "${x}", "it's", 'say "x"', "a#b", "100%", "é~", "{x}", "[1]", "a: b", "17")


@pytest.mark.parametrize("mirror", MIRRORS)
def test_a_mirror_reaches_snakemake_as_it_is_written(checkout, mirror):
    said = checkout.make("real", f"MIRROR={mirror}", MIRROR="theirs").said
    (given,) = [line[1:-1] for line in said.splitlines() if line.startswith("[mirror=")]
    assert parse_config([given]) == {"mirror": mirror}
    assert "--config" in said
    assert " --config" not in said  # the command itself is not shown: a mirror may hold a password


def test_real_wants_a_mirror(checkout):
    assert "make real needs MIRROR=" in checkout.make("real", check=False, MIRROR="theirs").said


def test_it_installs_once_and_again_when_the_content_of_the_lock_changes(checkout):
    first = checkout.make("environment")
    assert ".venv: installing envs/requirements.lock with Python 3.11.7 /usr/bin/python3.11" in first.said
    assert checkout.make("environment").calls == ["-c "]  # does its Python run?
    lock = checkout.folder / "envs/requirements.lock"
    os.utime(lock, (2e9, 2e9))
    assert checkout.make("environment").said == ""
    lock.write_text(lock.read_text() + "scipy==1.17.1 \\\n    --hash=sha256:2\n")
    left = checkout.folder / ".venv/of-the-old-lock"
    left.touch()
    assert ".venv: envs/requirements.lock has changed: installing" in checkout.make("environment").said
    assert not left.exists()
    executable(checkout.folder / ".venv/bin/python", "#!/bin/sh\nexit 1\n")
    assert "its Python does not run any more: installing" in checkout.make("environment").said


@pytest.mark.parametrize("argument", ["VENV={}", "VENV={}/", "VENV={}/../mine"])
def test_a_folder_that_it_did_not_make_is_never_touched(checkout, tmp_path, argument):
    notes = tmp_path / "mine" / "notes.txt"
    executable(notes.parent / "bin/python", PYTHON)
    notes.write_text("my own work")
    done = checkout.make("demo", argument.format(notes.parent), check=False)
    assert done.code != 0
    assert "was not made by this make, and is left alone: name another folder" in done.said
    assert sorted(os.listdir(notes.parent)) == ["bin", "notes.txt"]
    assert not done.calls


def test_an_environment_in_the_shell_is_not_even_looked_at(checkout, tmp_path):
    (tmp_path / "notes.txt").write_text("my own work")
    checkout.make("demo", VENV=str(tmp_path))
    assert (checkout.folder / STAMP).is_file()
    assert (tmp_path / "notes.txt").read_text() == "my own work"


@pytest.mark.parametrize("place", [".", "link", "file"])
def test_neither_a_dangling_link_nor_a_file_nor_the_checkout_is_an_environment(checkout, place):
    (checkout.folder / "link").symlink_to("nowhere")
    (checkout.folder / "file").write_text("mine")
    done = checkout.make("environment", f"VENV={place}", check=False)
    assert done.code != 0
    assert "was not made by this make" in done.said
    assert (checkout.folder / "file").read_text() == "mine"


def test_an_environment_of_ones_own_that_is_marked_is_used_as_it_is(checkout):
    python = executable(checkout.folder / ".venv/bin/python", PYTHON)
    (checkout.folder / STAMP).touch()
    for _ in range(2):
        done = checkout.make("environment")
        assert ".venv: used as it is: its .installed-from-lock is empty" in done.said
        assert not done.calls
    assert python.is_file()


@pytest.mark.parametrize("words", ["-m venv", "-m pip", "-m uv"])
def test_an_installation_that_did_not_finish_is_begun_again(checkout, words):
    fails = PYTHON.replace('case "$*" in', f'case "$*" in\n  "{words}"*) exit 1 ;;')
    executable(checkout.commands / "python3.11", fails)
    done = checkout.make("environment", check=False, PIP_FAILS="1")
    assert done.code != 0
    executable(checkout.commands / "python3.11", PYTHON)
    assert "the last installation did not finish: installing" in checkout.make("environment").said


def test_an_installation_that_is_going_on_is_left_alone(checkout):
    (checkout.folder / ".venv").mkdir()
    (checkout.folder / STAMP).write_text(f"unfinished {os.getpid()}\n")
    done = checkout.make("environment", check=False)
    assert f".venv: process {os.getpid()} is installing there: wait for it" in done.said


def test_what_installs(checkout, tmp_path):
    told = ":env:.find-links='/a /b'\nglobal.extra-index-url='http://c'\nglobal.find-links='/d'\nglobal.index-url='http://e'"
    wrong = {name: str(tmp_path / "elsewhere") for name in ("PIP_TARGET", "PIP_PREFIX", "PYTHONPATH", "PYTHONHOME")}
    done = checkout.make("environment", PIP_SAYS=told, **wrong)
    places = "--default-index http://e --index http://c --find-links /a --find-links /b"
    uv = [call.split("unsafe-best-match ")[1] for call in done.calls if "-m uv" in call]
    lock = "--no-deps --require-hashes --requirement envs/requirements.lock"
    assert uv == [f"{places} {lock}", f"{places} torch==2.13.0"]
    assert (checkout.folder / ".venv/uv.lock").read_text() == UV
    assert not any("--requirement envs/requirements.lock" in call for call in done.calls if "-m pip" in call)


def test_pip_installs_where_uv_cannot(checkout):
    done = checkout.make("environment", UV_FAILS="2")
    assert "uv could not install it: trying with pip" in done.said
    installed = [call.split("check ")[1] for call in done.calls if "-m pip -qq" in call]
    hashed = "install --no-deps --require-hashes --requirement"
    assert installed == [f"{hashed} .venv/uv.lock", f"{hashed} envs/requirements.lock", "install torch==2.13.0"]


def test_an_environment_that_lacks_something_is_not_taken_for_whole(checkout):
    lacks = PYTHON.replace("-c*)", '"-m pip check") echo "scvi-tools requires torch"; exit 1 ;;\n  -c*)')
    executable(checkout.commands / "python3.11", lacks)
    assert ".venv: is not whole: scvi-tools requires torch" in checkout.make("environment", check=False).said
    assert (checkout.folder / STAMP).read_text().startswith("unfinished")


def test_the_newest_python_that_runs_is_taken(checkout):
    executable(checkout.commands / "python3.13", "#!/bin/sh\necho 'command not found' >&2; exit 127\n")  # as pyenv's
    executable(checkout.commands / "python3.12", PYTHON.replace("3.11", "3.12"))
    assert "with Python 3.12.7" in checkout.make("environment").said
    assert "with Python 3.11.7" in checkout.make("environment", "VENV=other", "PYTHON=python3.11").said
    done = checkout.make("environment", "VENV=third", "PYTHON=python3.13", check=False)
    assert "third: PYTHON=python3.13 is no Python 3.11 to 3.13 with its module venv" in done.said


def test_without_a_python_uv_fetches_one_and_without_uv_one_line_says_so(checkout):
    (checkout.commands / "python3.11").rename(checkout.folder / "fetched")
    done = checkout.make("environment", check=False)
    assert ".venv: needs Python 3.11, 3.12 or 3.13 with its module venv, and none is on the PATH" in done.said
    assert not (checkout.folder / ".venv").exists()
    find, install = f"[ -e fetched-now ] && echo {checkout.folder / 'fetched'}", "touch fetched-now"
    executable(checkout.commands / "uv", f'#!/bin/sh\ncase "$2" in find) {find} ;; install) {install} ;; esac\n')
    checkout.make("environment")
    assert (checkout.folder / STAMP).is_file()


@pytest.mark.parametrize("sign", " ;&|()<>$`'\"*?[]{}#~:\t")
def test_a_path_that_snakemake_cannot_start_python_from_is_refused_before_anything_is_installed(tmp_path, sign):
    checkout = checkout_in(tmp_path / f"One{sign}Drive" / "checkout", tmp_path / "commands")
    done = checkout.make("demo", check=False, HOME=str(tmp_path))
    assert done.code != 0
    assert "Snakemake cannot start a Python whose path has a blank or a sign of the shell" in done.said
    assert not (checkout.folder / ".venv").exists()
    checkout.make("demo", f"VENV={tmp_path / 'elsewhere'}", HOME=str(tmp_path))


def test_letters_of_any_language_are_none(tmp_path):
    checkout_in(tmp_path / "données-δ_1.2+3=4%" / "checkout", tmp_path / "commands").make("demo")


def test_a_home_that_takes_no_file_is_said_in_one_line(checkout):
    (checkout.folder / "file").touch()
    done = checkout.make("demo", check=False, XDG_CACHE_HOME=str(checkout.folder / "file" / "cache"))
    assert "file/cache: cannot be written, and Snakemake keeps its cache there: set XDG_CACHE_HOME" in done.said
    assert not done.calls


def test_every_target_with_a_comment_is_listed_by_help(checkout):
    said = checkout.make("help").said
    assert {"demo", "real", "environment", "test", "lint"} <= {line.split()[0] for line in said.splitlines()}
