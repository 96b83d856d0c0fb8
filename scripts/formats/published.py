"""Hold what was read against what the registry says of the published file: its shape, and the hashes of its members.

A lab may have a part of the published data, or data of its own in the same form. These are read too, and the log says
that they are not the published file. ``published`` is SourceFile.known of the registry, or empty for other data.

What was found is also remembered for ``write_scope``: the verdicts of the ledger hang on it.

- complete: the publisher's file, by its hash, or where none is known by its shape
- subset: some of its rows or columns
- stand-in: other data, as the registry says or the hashes of members show
- unknown: neither hash nor shape is published
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from running import InputError, write_table

COMPLETE, SUBSET, STAND_IN, UNKNOWN = "complete", "subset", "stand-in", "unknown"
_found: list[dict[str, str]] = []  # by this step

logger = logging.getLogger(__name__)


def of_member(published: Mapping[str, Any] | None, name: str) -> Mapping[str, Any]:
    """What the registry says of one file in an archive."""
    published = published or {}
    about = {key: published[key] for key in ("file", "stand_in") if key in published}
    return about | ((published.get("members") or {}).get(name) or {})


def write_scope(path: Path | str) -> None:
    """Write what this step read: rows (file, found, published, scope)."""
    import pandas as pd

    write_table(pd.DataFrame(_found, columns=["file", "found", "published", "scope"]), path)


def _remember(published: Mapping[str, Any] | None, found: str, due: str, scope: str) -> None:
    if published and "file" in published:
        scope = STAND_IN if published.get("stand_in") else scope
        _found.append({"file": published["file"], "found": found, "published": due, "scope": scope})


def check_shape(
    name: str,
    shape: tuple[int, int],
    published: Mapping[str, Any] | None,
    words: tuple[str, str] = ("rows", "columns"),
) -> None:
    """Log the shape of the file called ``name``, and that it is, or is a part of, the published one.

    published : ``shape``, and ``verified``, whether the bytes are known to be the publisher's

    Raises InputError for more rows or columns than are published, and for any difference in a verified file.
    """
    found = " x ".join(f"{n:,} {word}" for n, word in zip(shape, words, strict=True))
    due = tuple((published or {}).get("shape") or ())
    expected = " x ".join(f"{n:,}" for n in due)
    if due in ((), tuple(shape)):
        logger.info("%s: %s%s", name, found, ", as published" if due else "")
        whole = due or (published or {}).get("verified")
        _remember(published, found, expected, COMPLETE if whole else UNKNOWN)
        return
    if published.get("verified") or shape[0] > due[0] or shape[1] > due[1]:
        remedy = "give the file as published, or correct its shape in config/datasets.yaml"
        raise InputError(name, f"holds {found}, where its publisher's has {expected}", remedy)
    _remember(published, found, expected, SUBSET)
    logger.warning("%s: %s, a part of the published file's %s", name, found, expected)


def check_members(name: str, found: Mapping[str, str], published: Mapping[str, Any] | None, matrix: str) -> None:
    """Log whether the members of the archive called ``name`` are the published ones.

    found : sha256 by member, the ``matrix`` among them and the tables of its rows and columns

    Other cells or genes make another matrix and another table. Raises InputError where only one of the two differs.
    """
    due = {member: of_member(published, member).get("sha256") for member in sorted(found)}
    known = [member for member in due if due[member]]
    other = [member for member in known if found[member] != due[member]]
    if not other:
        if known:
            _remember(published, ", ".join(known), "by sha256", COMPLETE)
        logger.info("%s: %s", name, f"{', '.join(known)} as published (sha256)" if known else "no hash to compare with")
    elif matrix in other and len(other) > 1:
        _remember(published, ", ".join(other), "by sha256", SUBSET)
        logger.warning("%s: not the published file but other data, by the sha256 of %s", name, ", ".join(other))
    else:
        same = [member for member in known if member not in other]
        problem = f"{', '.join(other)} was changed: its sha256 is not the published one, that of {', '.join(same)} is"
        raise InputError(name, problem, "get the archive again, whole, or correct `members` in config/datasets.yaml")
