"""The command of a run, without what says who ran it and where."""

import shlex
from collections.abc import Sequence
from pathlib import PurePosixPath

# Options whose values are numbers or names of Snakemake's own, and those whose values are files.
PLAIN = {"--cores", "-c", "--jobs", "-j", "--executor", "-e", "--retries", "--local-cores", "--set-threads"}
FILES = {"--configfile", "--configfiles", "--snakefile", "-s", "--profile", "--workflow-profile"}
HIDDEN = "..."


def command(arguments: Sequence[str]) -> str:
    """One line: options as given, files by name alone, and ``...`` for every other value (of --config among others).

    What --config set stands in config.yaml. A path, an account or an address may name a person or a machine.
    """
    if not arguments:
        return "unknown"
    words, option = ["snakemake"], None
    for argument in arguments[1:]:
        if option == "--":
            words.append(_name(argument))
        elif argument.startswith("-"):
            option, given, value = argument.partition("=") if argument.startswith("--") else _short(argument)
            words += [option + given + _shown(option, value)] if given == "=" else [option]
            words += [_shown(option, value)] if given == " " else []
        else:
            words.append(_shown(option, argument))
    return shlex.join(words)


def _short(argument: str) -> tuple[str, str, str]:
    """A short option may be joined to its value: -j4."""
    return argument[:2], "" if len(argument) == 2 else " ", argument[2:].removeprefix("=")


def _shown(option: str | None, value: str) -> str:
    if option in PLAIN:
        return value
    return _name(value) if option in FILES else HIDDEN


def _name(path: str) -> str:
    return PurePosixPath(path).name
