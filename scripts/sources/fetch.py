"""Fetch one published file: from the mirror or its addresses, verified, and whole or not there.

The file is known by the registry (config/datasets.yaml). It grows in ``<target>.part``, which a later fetch
continues, and takes its name only when its size and hash are right and it is not an HTML page.
"""

import logging
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

from running import InputError
from sources.failure import Failure
from sources.locks import locked
from sources.part import Part
from sources.pins import expectation, pin
from sources.progress import reported
from sources.registry import SourceFile
from sources.transfer import CHUNK, download
from sources.verify import Expected, check

logger = logging.getLogger(__name__)


def fetch(
    file: SourceFile,
    target: Path,
    mirror: str | None,
    pins: Path,
    *,
    attempts: int = 4,
    timeout: float = 30.0,
    pause: float = 1.0,
) -> str:
    """Put the verified ``file`` at ``target``; a file that is already there is verified and used.

    Returns where it came from: its address, "the mirror" (which may be a place on one machine), or "in place already".

    ``mirror`` is a folder or an http address that holds ``<dataset>/<name>`` and is asked first. Each address
    has ``attempts`` tries, with pauses of ``pause`` seconds that double; ``timeout`` is how many seconds a
    server may be silent. A file with no known hash is pinned in the file ``pins``. Several threads and
    processes may fetch one file at once.

    Raises InputError, one line, with all places that were tried, the hashes and the remedy.
    """
    target, pins = Path(target), Path(pins)
    with locked(target):
        expected, part = expectation(file, pins), Part(target)
        if target.exists():
            _accept(file, target, expected, pins)
            return "in place already"
        if expected.digest is None:
            part.discard()  # of an earlier run: no hash would tell a bad joint
        failed = []
        for place in _places(file, mirror):
            try:
                _patiently(partial(_bring, file, place, part, expected, pins, timeout), attempts, pause)
                logger.info("%s is from %s", target, place)
                return place if place in file.addresses else "the mirror"
            except Failure as failure:
                logger.warning("%s: %s", place, failure)
                failed.append(f"{place}: {failure}")
                part.tidy()
        tried = " | ".join(failed) or "no place to get it from: no mirror, and no address in the registry"
        remedy = _remedy(file, target, expected, pins)
        raise InputError(target, f"not fetched; expected {expected}; {tried}", remedy)


def _accept(file: SourceFile, target: Path, expected: Expected, pins: Path) -> None:
    """Verify a file that somebody put in place; it is theirs, so that a wrong one is never removed."""
    try:
        check(target, expected)
        pin(file, target, pins, "a file put in place by hand")
    except (Failure, OSError) as failure:
        remedy = "move it away to have it fetched, or " + _remedy(file, target, expected, pins)
        raise InputError(target, f"the file in this place is wrong: {failure}", remedy) from failure
    logger.info("%s is in place and right", target)


def _places(file: SourceFile, mirror: str | None) -> list[str]:
    """The folders and addresses that may have the file, in order of preference."""
    if not mirror:
        return list(file.addresses)
    if _is_address(mirror):
        return [f"{mirror.rstrip('/')}/{quote(file.key)}", *file.addresses]
    return [str(Path(mirror).expanduser() / file.key), *file.addresses]


def _is_address(place: str) -> bool:
    return "://" in place


def _patiently(action: Callable[[], None], attempts: int, pause: float) -> None:
    """Do it; on a Failure that may pass do it again, after a pause that doubles. Raises the last Failure."""
    for wait in [pause * 2**n for n in range(attempts - 1)]:
        try:
            return action()
        except Failure as failure:
            if not failure.again:
                raise
            logger.info("%s; again in %g s", failure, wait)
            time.sleep(wait)
    return action()


def _bring(file: SourceFile, place: str, part: Part, expected: Expected, pins: Path, timeout: float) -> None:
    """One try at one place, up to the final name. Raises Failure; wrong bytes are not kept."""
    joined = download(place, part, expected, timeout) if _is_address(place) else _copy(Path(place), part)
    try:
        check(part.path, expected)
        pin(file, part.path, pins, place)
    except Failure as failure:
        part.discard()
        raise Failure(str(failure), again=joined) from failure  # two pieces that do not fit: try in one piece
    part.commit()


def _copy(source: Path, part: Part) -> bool:
    """Copy a file of a mirror folder into the part, from its beginning."""
    if not source.is_file():
        raise Failure("no such file")
    part.begin(str(source), validator=None)
    part.append(_content(source))
    return False


def _content(source: Path) -> Iterator[bytes]:
    try:
        with source.open("rb") as content:
            chunks = iter(lambda: content.read(CHUNK), b"")
            yield from reported(chunks, source.name, 0, source.stat().st_size)
    except OSError as error:
        raise Failure(f"cannot be read ({error.strerror})") from error


def _remedy(file: SourceFile, target: Path, expected: Expected, pins: Path) -> str:
    """What the user can do, in one line."""
    where = f" from {file.addresses[0]}" if file.addresses else ""
    ways = [f"get the file by hand{where} and put it as {file.key} in the mirror, or at {target}"]
    if file.instructions:
        ways.insert(0, f"how to get it: {' '.join(file.instructions.split())}")
    if expected.digest and not file.digest:
        ways.append(f"if the file changed on purpose, delete {file.key} from {pins}")
    return "; ".join(ways)
