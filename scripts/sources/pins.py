"""Files with no known hash: what they were when they first came, so that a later change is noticed.

The pins are a YAML lock file: by ``dataset/name`` the sha256 and bytes, and from where and when they came.
"""

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from configuration.strict_yaml import read_yaml
from running import InputError, whole_file
from sources.locks import locked
from sources.registry import SourceFile
from sources.verify import Expected, check, digest

HEAD = """\
# Written by the workflow: what the files with no published hash were when they first came. A later
# difference is an error. To accept a changed file, delete its entry; the next fetch writes a new one.
"""
KEYS = {"sha256": str, "bytes": int, "from": str, "date": str}

logger = logging.getLogger(__name__)


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
    content = (read_yaml(pins) if pins.exists() else None) or {}
    if not isinstance(content, dict):
        raise InputError(pins, "is not a list of pins by file", "delete it; the next fetch writes a new one")
    for key, pin in content.items():
        if not isinstance(pin, dict) or {name: type(value) for name, value in pin.items()} != KEYS:
            raise InputError(pins, f"at {key}: a pin is {', '.join(KEYS)}", "delete the entry to pin the file anew")
    return content


def pin(file: SourceFile, path: Path, pins: Path, place: str) -> None:
    """Write down what ``path``, which came from ``place``, is, when nobody knew the hash of ``file``.

    Does nothing for a file with a hash in the registry. Raises Failure if another fetch pinned a different
    file in the meantime.
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
        content = {**read_pins(pins), file.key: entry}
        with whole_file(pins) as temporary:
            temporary.write_text(HEAD + yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    logger.warning("%s had no known hash and is now pinned in %s: sha256 %s", file.key, pins, found)
