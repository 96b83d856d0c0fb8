"""What is written down of files that came: pins, one lock file for a run, and a receipt beside each file.

Of a file with no known hash its pin says what it was when it first came, so that a later change is noticed. A receipt
says what the file is and whose, for the report and for anyone who finds the folder.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock, Timeout

from configuration.strict_yaml import read_yaml
from running import InputError, whole_file
from running.intact import RECEIPT
from sources.registry import Dataset, SourceFile
from sources.verify import Expected, check, digest

HEAD = """\
# Written by the workflow: what the files with no published hash were when they first came. A later
# difference is an error. To accept a changed file, delete its entry; the next fetch writes a new one.
"""
PIN = {"sha256": str, "bytes": int, "from": str, "date": str}

logger = logging.getLogger(__name__)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold ``<path>.lock``, waiting for as long as another holds it; the folder is made when there is none.

    The kernel lets go of the lock of a process that dies. The empty lock file stays: to remove it would let a
    third process lock another file of the same name. Raises InputError when the folder cannot be written.
    """
    lock = FileLock(f"{path}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            logger.info("%s: waiting, for it is being written by another process or thread", path.name)
            lock.acquire()
    except OSError as error:
        raise InputError(path, f"its folder cannot be written ({error})", "make the folder writable") from error
    try:
        yield
    finally:
        lock.release()


def expectation(file: SourceFile, pins: Path) -> Expected:
    """Return what is known of ``file``: by the registry, else by an earlier download.

    Raises InputError when ``pins`` is damaged.
    """
    pin = None if file.digest else read_pins(pins).get(file.key)
    if pin is None:
        return Expected(file.name, file.size, file.algorithm, file.digest)
    source = f" as pinned on {pin['date']} from {pin['from']}"
    return Expected(file.name, pin["bytes"], "sha256", pin["sha256"], source)


def read_pins(pins: Path) -> dict[str, dict[str, Any]]:
    """Return the pins by ``dataset/name``, none if there is no file yet; InputError if an entry is no pin."""
    if pins.exists() and not pins.is_file():
        raise InputError(pins, "is no file", "move it away; the next fetch writes a new one")
    content = (read_yaml(pins) if pins.exists() else None) or {}
    if not isinstance(content, dict):
        raise InputError(pins, "is not a list of pins by file", "delete it; the next fetch writes a new one")
    for key, pin in content.items():
        if not isinstance(pin, dict) or {name: type(value) for name, value in pin.items()} != PIN:
            raise InputError(pins, f"at {key}: a pin is {', '.join(PIN)}", "delete the entry to pin the file anew")
    return content


def pin(file: SourceFile, path: Path, pins: Path, place: str) -> None:
    """Write down what ``path``, which came from ``place``, is, when nobody knew the hash of ``file``.

    Does nothing for a file with a hash in the registry. Raises Failure if another fetch pinned a different file in the
    meantime.
    """
    if file.digest:
        return
    with locked(pins):
        known = expectation(file, pins)
        if known.digest:
            check(path, known)
            return
        found, size = digest(path, "sha256"), path.stat().st_size
        entry = {"sha256": found, "bytes": size, "from": place, "date": datetime.now(UTC).date().isoformat()}
        with whole_file(pins) as part:
            content = HEAD + yaml.safe_dump({**read_pins(pins), file.key: entry}, allow_unicode=True)
            part.write_text(content, encoding="utf-8")
    logger.warning("%s had no known hash and is now pinned in %s: sha256 %s", file.key, pins, found)


def write_receipt(dataset: Dataset, name: str, target: Path, origin: str | None) -> None:
    """Write dataset, licence, citation, address, origin, bytes, sha256, and by what the file was verified, as YAML.

    ``address`` is the first of the registry, where anyone may get the file; ``origin`` where this copy is from, None
    for a file that was there already: of the same file the receipt keeps its origin and date.
    """
    file, receipt = dataset.files[name], target.with_name(target.name + RECEIPT)
    found = digest(target, "sha256")
    known = (read_yaml(receipt) if receipt.is_file() else None) or {}
    kept = {key: known[key] for key in ("origin", "date") if known.get("sha256") == found} if origin is None else {}
    content = {
        "file": file.key,
        "title": dataset.title,
        "licence": dataset.licence,
        "citation": dataset.citation,
        "address": next(iter(file.addresses), None),
        "origin": origin or "in place already",
        "bytes": target.stat().st_size,
        "sha256": found,
        "verified": f"{file.algorithm} of the registry" if file.digest else "sha256 of its first download (pins.yaml)",
        "date": datetime.now(UTC).date().isoformat(),
    } | kept
    if content == known:
        return  # and the time of the receipt stays: nothing is made again for it
    with locked(target), whole_file(receipt) as part:
        part.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
