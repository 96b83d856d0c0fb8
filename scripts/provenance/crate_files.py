"""Files and folders of a run as entities of its crate: size, sha256 and format of each."""

import base64
from collections.abc import Mapping
from mimetypes import MimeTypes
from pathlib import Path
from types import MappingProxyType

from rocrate.model import ContextEntity, Dataset, File
from rocrate.rocrate import ROCrate

from provenance.places import WORKFLOW
from provenance.version import is_content
from sources.verify import digest

NONE: Mapping[str, Mapping[str, str]] = MappingProxyType({})
SNAKEFILE = f"{WORKFLOW}/Snakefile"

# The machine's own table of types would make the crate differ between machines.
TYPES = MimeTypes(filenames=())
for suffix, kind in {
    ".tsv": "text/tab-separated-values",
    ".yaml": "application/yaml",
    ".rst": "text/x-rst",
    ".j2": "text/plain",
    ".cff": "application/yaml",
    ".smk": "text/x-python",
    ".parquet": "application/vnd.apache.parquet",
    ".h5ad": "application/x-hdf5",
    ".h5mu": "application/x-hdf5",
    ".npz": "application/zip",
}.items():
    TYPES.add_type(kind, suffix)


class Files:
    """Adds each file of the run's ``folder`` to ``crate`` once, under its path; what runs share under its address."""

    def __init__(self, crate: ROCrate, folder: Path, shared: Mapping[str, Mapping[str, str]] = NONE):
        """``folder``: results/<run>, the crate's root; ``shared``: rows of inputs.tsv, by name, of files beside it."""
        self.crate, self.folder, self.shared = crate, folder, shared

    def file(self, name: str, /, **properties) -> File:
        """The entity of the file ``name``, which must be there; ``properties`` are added to it."""
        where = {"source": _address(self.shared[name])} if name in self.shared else {"dest_path": name}
        entity = self.crate.dereference(File(self.crate, **where).id)
        if entity is None:
            known = {"name": name, "encodingFormat": media_type(name), "@type": kinds(name)}
            if name in self.shared:
                known |= {"contentSize": self.shared[name]["bytes"], "sha256": self.shared[name]["sha256"]}
            else:
                path = self.folder / name
                known |= {"contentSize": str(path.stat().st_size), "sha256": digest(path, "sha256")}
            entity = self.crate.add(File(self.crate, **where, properties=known))
        for key, value in properties.items():
            entity[key] = value
        return entity

    def place(self, name: str) -> File | Dataset | None:
        """The entity of a file, or of a folder with all its files; None for what is there no more."""
        path = self.folder / name
        if not path.is_dir():
            return self.file(name) if path.is_file() or name in self.shared else None
        identifier = Dataset(self.crate, dest_path=name).id
        entity = self.crate.dereference(identifier)
        if entity is None:
            inside = sorted(found for found in path.rglob("*") if is_content(found))
            files = [self.file(found.relative_to(self.folder).as_posix()) for found in inside]
            entity = self.crate.add(Dataset(self.crate, dest_path=name, properties={"name": name}))
            entity["hasPart"] = files
        return entity


def _address(row: Mapping[str, str]) -> str:
    """The address of a file that is not in the crate: its publisher's, or a name made of its hash (RFC 6920)."""
    named = base64.urlsafe_b64encode(bytes.fromhex(row["sha256"])).decode().rstrip("=")
    return row["address"] or f"ni:///sha-256;{named}"


def kinds(name: str) -> str | list[str]:
    """What a file is, in the words of the profile."""
    if name == SNAKEFILE:
        return ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"]
    return ["File", "SoftwareSourceCode"] if Path(name).suffix in (".py", ".smk") else "File"


def media_type(name: str) -> str:
    """The media type by the ending of a name."""
    if name == SNAKEFILE:
        return "text/x-python"
    kind, compression = TYPES.guess_type(Path(name).name)
    return f"application/{compression}" if compression else kind or "application/octet-stream"


def context(crate: ROCrate, identifier: str, kind: str, **properties) -> ContextEntity:
    """Add something that is not a file; the entity that is there already where ``identifier`` is known."""
    entity = crate.dereference(identifier)
    if entity is None:
        entity = crate.add(ContextEntity(crate, identifier, properties={"@type": kind}))
        for key, value in properties.items():
            entity[key] = value
    return entity
