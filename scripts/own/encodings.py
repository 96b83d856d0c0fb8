"""How anndata says that an element of a file is stored, and which of these ways are read row by row."""

from importlib.metadata import version
from typing import Any

from own.files import text
from running import InputError

READ_AGAIN = "write it again with anndata: read_h5ad(path).write_h5ad(path)"
# the encodings of anndata 0.8 to 0.12 that are read here
ENCODINGS = {"csr_matrix": "0.1.0", "csc_matrix": "0.1.0", "array": "0.2.0", "string-array": "0.2.0"}
ENCODINGS |= {"dataframe": "0.2.0", "categorical": "0.2.0"}
ENCODINGS |= dict.fromkeys(("nullable-integer", "nullable-boolean", "nullable-string-array"), "0.1.0")


def encoding(stored: Any) -> str:
    """How anndata says an element is stored; InputError where that is not one of ENCODINGS."""
    kind, found = (text(stored.attrs.get(f"encoding-{what}", "")) for what in ("type", "version"))
    path, place = path_of(stored), stored.name[1:]
    if kind == "null":
        raise InputError(path, f"{place} is empty (None)", "name another element, or fill it")
    known = ENCODINGS.get(kind)
    if known == found:
        return kind
    if not kind or (known and _numbers(found) < _numbers(known)):
        raise InputError(path, f"{place} is stored as by an anndata before 0.8", READ_AGAIN)
    problem = f"{place} has the encoding {kind!r} {found}, which is not read here (anndata {version('anndata')})"
    raise InputError(path, problem, "store it as an array, a CSR matrix or a table")


def path_of(stored: Any) -> str:
    """The file or store that holds something."""
    return stored.file.filename if hasattr(stored, "file") else str(getattr(stored.store, "root", stored.store))


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(".") if part.isdigit()]
