"""The registry of sources: what each published file is called, where it is, and how to know it."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from configuration.check import check, nearest
from configuration.strict_yaml import read_yaml
from running import InputError

REGISTRY = Path(__file__).resolve().parents[2] / "config" / "datasets.yaml"
SCHEMA = REGISTRY.with_name("datasets.schema.yaml")


@dataclass(frozen=True)
class Member:
    """What is known of one file in an archive, None for what is not; ``size`` and ``shape`` as of a SourceFile."""

    sha256: str | None
    size: int | None
    shape: tuple[int, int] | None


@dataclass(frozen=True)
class SourceFile:
    """One published file.

    ``algorithm`` is "sha256" or "md5" and ``digest`` the file's in lower-case hexadecimal, or both are None
    for a file with no known hash. ``size`` is in bytes; ``shape`` is (rows, columns) as published, of a table
    without its header, of a matrix of counts features and cells. ``members``: what the workflow reads of an
    archive, by the last part of the name. ``stand_in``: it serves in place of the paper's own file.
    """

    dataset: str
    name: str
    addresses: tuple[str, ...]
    algorithm: str | None
    digest: str | None
    size: int | None
    shape: tuple[int, int] | None
    note: str | None
    stand_in: bool
    access: str
    instructions: str | None
    members: Mapping[str, Member] = field(default_factory=dict)

    @property
    def known(self) -> dict[str, Any]:
        """What a reader holds the content against, in plain values: see ``formats.published``."""
        members = {name: {"sha256": one.sha256, "shape": one.shape} for name, one in self.members.items()}
        about = {"file": self.key, "stand_in": self.stand_in}
        return about | {"shape": self.shape, "verified": self.digest is not None, "members": members}

    @property
    def key(self) -> str:
        """The file's place below a mirror, and its name among the pins: ``dataset/name``."""
        return f"{self.dataset}/{self.name}"


@dataclass(frozen=True)
class Dataset:
    """What one publication or database provides; ``files`` by name. ``access`` is "open" or "manual"."""

    name: str
    title: str
    licence: str
    citation: str
    access: str
    instructions: str | None
    files: Mapping[str, SourceFile]


class Registry(dict[str, Dataset]):
    """The datasets by name, and where they are written down."""

    def __init__(self, path: Path, datasets: Mapping[str, Dataset]):
        super().__init__(datasets)
        self.path = path

    def file(self, dataset: str, name: str) -> SourceFile:
        """Return the file called ``name`` of ``dataset``; raises InputError, with the nearest known name."""
        if dataset not in self:
            raise InputError(self.path, f"has no dataset {dataset!r}", nearest(dataset, self))
        files = self[dataset].files
        if name not in files:
            raise InputError(self.path, f"dataset {dataset} has no file {name!r}", nearest(name, files))
        return files[name]


def load_registry(path: Path | str = REGISTRY, schema: Path = SCHEMA) -> Registry:
    """Read the registry at ``path``; raises InputError that names file and key where ``schema`` is broken."""
    path = Path(path)
    content = read_yaml(path)
    check(content, schema, path)
    return Registry(path, {name: _dataset(name, entry) for name, entry in content.items()})


def _dataset(name: str, entry: dict[str, Any]) -> Dataset:
    about = {"access": entry["access"], "instructions": entry.get("instructions")}
    files = {key: _file(name, key, value, about) for key, value in entry["files"].items()}
    words = {key: entry[key] for key in ("title", "licence", "citation")}
    return Dataset(name=name, **words, **about, files=MappingProxyType(files))


def _file(dataset: str, name: str, entry: dict[str, Any], about: dict[str, Any]) -> SourceFile:
    algorithm = next((key for key in ("sha256", "md5") if key in entry), None)
    return SourceFile(
        dataset=dataset,
        name=name,
        addresses=tuple(entry.get("addresses", ())),
        algorithm=algorithm,
        digest=entry.get(algorithm),
        size=entry.get("bytes"),
        shape=_shape(entry),
        note=entry.get("note"),
        stand_in=entry.get("stand_in", False),
        **about,
        members=MappingProxyType({key: _member(value) for key, value in entry.get("members", {}).items()}),
    )


def _member(entry: dict[str, Any]) -> Member:
    return Member(sha256=entry.get("sha256"), size=entry.get("bytes"), shape=_shape(entry))


def _shape(entry: dict[str, Any]) -> tuple[int, int] | None:
    return tuple(entry["shape"]) if "shape" in entry else None


def mirror_place(mirror: str | None) -> str | None:
    """The folder or http(s) address that the config's ``mirror`` means, with ``~`` and variables put in; None for none.

    Raises InputError for one that cannot be used, and never repeats it: it may hold a password.
    """
    if not mirror:
        return None
    place = os.path.expandvars(os.path.expanduser(mirror))
    if re.search(r"(?s):.*@", place):
        how = "write it without, and `machine HOST login NAME password WORD` into ~/.netrc or the file that NETRC names"
        raise InputError("mirror", "it holds a name and a password", f"{how} (an @ in a path is %40)")
    if unset := re.search(r"\$\{?(\w+)", place):
        raise InputError("mirror", f"the variable {unset[1]} is not set", "set it, or write the whole path")
    if re.search("[{}]", place):
        raise InputError(
            "mirror", "it holds braces, which Snakemake takes for wildcards", "rename the folder or link to it"
        )
    if "://" in place and not re.fullmatch(r"(?i)https?://[^?#]+", place):
        raise InputError(
            "mirror", "is neither a folder nor the http(s) address of one", "leave out ? and #, file://, ftp://"
        )
    return place
