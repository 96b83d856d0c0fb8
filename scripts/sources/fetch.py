"""Fetch one published file: from the mirror or its addresses, verified, and whole or not there.

The file is known by the registry (config/datasets.yaml). It is written in one piece under a temporary name in its
folder, and takes its own only when it is right. A Snakemake script too, which writes a receipt beside the file.
"""

import logging
import stat
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

from running import InputError, plain, step, whole_file
from running.told import told
from sources.download import CHUNK, body, receive
from sources.records import expectation, locked, pin, write_receipt
from sources.registry import Registry, SourceFile, load_registry, mirror_place
from sources.verify import Expected, Failure, check

LIMIT = 6 * 3600.0  # seconds that all tries at one place may take
LONGEST = 300.0  # seconds between two tries; a server that asks for more is not asked again
QUIET = 2.0  # seconds for which a file of a mirror folder has to be unchanged, where no hash tells whether it is whole

IN_PLACE = "in place already"

logger = logging.getLogger(__name__)


class NotFetched(InputError):
    """No place gave the file. ``tried``: each place and what was wrong there, the mirror by that name."""

    def __init__(self, target: Path, problem: str, remedy: str, tried: list[str]):
        super().__init__(target, problem, remedy)
        self.tried = tried


def bring(key: str, sources: Path, registry: Registry, mirror: str | None, *, attempts: int, timeout: float) -> None:
    """Fetch ``<dataset>/<file>`` to its place in the folder ``sources``, with its receipt; see :func:`fetch`."""
    dataset, name = key.split("/")
    target = Path(sources, key)
    pins = Path(sources, "pins.yaml")
    origin = fetch(registry.file(dataset, name), target, mirror, pins, attempts=attempts, timeout=timeout)
    write_receipt(registry[dataset], name, target, None if origin == IN_PLACE else origin)


def fetch(
    file: SourceFile,
    target: Path,
    mirror: str | None,
    pins: Path,
    *,
    attempts: int = 4,
    timeout: float = 30.0,
    pause: float = 1.0,
    limit: float = LIMIT,
) -> str:
    """Put the verified ``file`` at ``target``; a file that is already there is verified and used.

    Returns where it came from: its address, "the mirror" (which may be a place on one machine), or "in place already".

    ``mirror`` is a folder or an http(s) address that holds ``<dataset>/<name>`` and is asked first. Each place has
    ``attempts`` tries, with pauses of ``pause`` seconds that double, or as long as a server asks, and ``limit``
    seconds altogether; ``timeout`` is how many seconds a server may be silent. A file with no known hash is pinned in
    the file ``pins``. Several threads and processes may fetch one file at once.

    Raises InputError, one line, with all places that were tried, the hashes and the remedy.
    """
    target, pins, mirror = Path(target), Path(pins), mirror_place(mirror)
    with locked(target):
        expected = expectation(file, pins)
        if target.exists():
            _accept(file, target, expected, pins)
            return IN_PLACE
        failed: dict[str, str] = {}
        for place in places(file, mirror):
            try:
                until = time.monotonic() + limit
                patiently(partial(_bring, file, place, target, expected, pins, timeout, until), attempts, pause)
                logger.info("%s is from %s", target, place)
                return place if place in file.addresses else "the mirror"
            except InputError:
                raise
            except Exception as error:  # whatever it was, the next place may have the file
                failure = error if isinstance(error, Failure) else f"{type(error).__name__}: {plain(error)}"
                logger.warning("%s: %s", place, failure)
                failed[place] = str(failure)
        nowhere = "no place to get it from: no mirror, and no address in the registry"
        tried = " | ".join(f"{place}: {failure}" for place, failure in failed.items()) or nowhere
        named = [f"{place if place in file.addresses else 'the mirror'}: {why}" for place, why in failed.items()]
        problem, remedy = f"not fetched; expected {expected}; {tried}", _remedy(file, target, expected, pins)
        raise NotFetched(target, problem, remedy, named or ["no address is known"])


def patiently(action: Callable[[], object], attempts: int, pause: float) -> object:
    """Do it; on a Failure that may pass do it again, after a pause that doubles. Raises the last Failure."""
    for n in range(attempts - 1):
        wait = min(pause * 2**n, LONGEST)
        try:
            return action()
        except Failure as failure:
            if not failure.again or failure.wait > LONGEST:
                raise
            wait = max(wait, failure.wait)
            logger.info("%s; again in %g s", failure, wait)
        time.sleep(wait)
    return action()


def _accept(file: SourceFile, target: Path, expected: Expected, pins: Path) -> None:
    """Verify a file that somebody put in place; it is theirs, so that a wrong one is never removed."""
    try:
        _settled(target, expected)
        check(target, expected)
        pin(file, target, pins, "a file put in place by hand")
    except (Failure, OSError) as failure:
        remedy = "move it away to have it fetched, or " + _remedy(file, target, expected, pins)
        raise InputError(target, f"the file in this place is wrong: {failure}", remedy) from failure
    logger.info("%s is in place and right", target)


def places(file: SourceFile, mirror: str | None) -> list[str]:
    """The folders and addresses that may have the file, in order of preference."""
    first = f"{mirror.rstrip('/')}/{quote(file.key)}" if "://" in (mirror or "") else str(Path(mirror or "") / file.key)
    return [first] * bool(mirror) + list(file.addresses)


def _bring(
    file: SourceFile, place: str, target: Path, expected: Expected, pins: Path, timeout: float, until: float
) -> None:
    """One try at one place, up to the final name. Raises Failure; wrong bytes are not kept."""
    source = None if "://" in place else Path(place)
    before = source and _settled(source, expected)
    with whole_file(target) as part:
        receive(_content(source) if source else body(place, expected, timeout), part, file.name, timeout, until)
        if source and _state(source) != before:
            raise Failure("changed while it was copied: is it still being written?", again=True)
        check(part, expected)
        pin(file, part, pins, place)


def _content(source: Path) -> Iterator[bytes]:
    try:
        with source.open("rb") as content:
            yield from iter(lambda: content.read(CHUNK), b"")
        return
    except OSError as error:
        failure = Failure(f"cannot be read ({error.strerror})")
    raise failure  # here, with no cause: it must not pass for an error of the disk that is written to


def _settled(path: Path, expected: Expected) -> tuple[int, int]:
    """The state of the file at ``path``; where no hash would tell that it is still being written, Failure if it is."""
    state = _state(path)
    expected.bound(state[0], "it has")
    if not expected.digest and time.time() - state[1] / 1e9 < QUIET:
        time.sleep(QUIET)
        if _state(path) != state:
            raise Failure("it is still being written", again=True)
    return state


def _state(path: Path) -> tuple[int, int]:
    """Size of a file, and when it last changed (ns). Raises Failure for what is no file, or cannot be looked at."""
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        said = f"cannot be read ({getattr(error, 'strerror', error)})"
        raise Failure("no such file" if isinstance(error, FileNotFoundError) else said) from None
    if not stat.S_ISREG(found.st_mode):
        raise Failure("no file, but a folder" if stat.S_ISDIR(found.st_mode) else "no file, but a pipe or a device")
    return found.st_size, found.st_mtime_ns


def _remedy(file: SourceFile, target: Path, expected: Expected, pins: Path) -> str:
    """What the user can do, in one line."""
    where = f" from {file.addresses[0]}" if file.addresses else ""
    ways = [f"get the file by hand{where} and put it as {file.key} in the mirror, or at {target}"]
    if file.instructions:
        ways.insert(0, f"how to get it: {' '.join(file.instructions.split())}")
    if expected.digest and not file.digest:
        ways.append(f"if the file changed on purpose, delete {file.key} from {pins}")
    return "; ".join(ways)


if __name__ == "__main__":
    with step(snakemake):
        given, target = told(), Path(snakemake.output.file)
        patience = {"attempts": given["fetch"]["attempts"], "timeout": given["fetch"]["timeout_seconds"]}
        key = f"{snakemake.wildcards.dataset}/{snakemake.wildcards.file}"
        bring(key, target.parents[1], load_registry(), given["mirror"], **patience)
