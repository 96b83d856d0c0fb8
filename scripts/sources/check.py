"""Does every address of the registry still answer? By ``make check-sources``, or check.py [REGISTRY].

Asks for headers alone, one address after the other, and exits with 1 where one fails.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from requests import RequestException, Response

from running import InputError
from sources.download import AS_IT_IS, Session, failure_of, refusal
from sources.fetch import patiently
from sources.registry import REGISTRY, SourceFile, load_registry
from sources.verify import Failure, may_be_page

TIMEOUT = 30.0  # seconds for which a server may be silent
LIMIT = 120.0  # seconds for one address


class Row(NamedTuple):
    """What an address answered: "ok", "FAILED" or "by hand" (there is none); its bytes; what is known; and in words."""

    answer: str
    size: str
    known: str
    file: str
    said: str

    def __str__(self) -> str:
        """The row of the table."""
        return f"{self.answer:<8} {self.size:>12} {self.known:>20}  {self.file}: {self.said}"


def answers(registry: Path) -> Iterator[Row]:
    """A row for each address of each file, as they come."""
    for dataset in load_registry(registry).values():
        for file in dataset.files.values():
            known = f"{file.size or 'not known'}, {file.algorithm or 'no hash'}"
            if not file.addresses:
                yield Row("by hand", "", known, file.key, "no address")
            for address in file.addresses:
                size, wrong = asked(file, address)
                about = address if wrong is None else f"{address}: {wrong}"
                yield Row("FAILED" if wrong else "ok", str(size or "not said"), known, file.key, about)


def asked(file: SourceFile, address: str) -> tuple[int | None, str | None]:
    """The bytes that ``address`` says it has of ``file``, if it says so, and what speaks against it."""
    said = _asked(address)
    size = _size(said) if isinstance(said, Response) else None
    wrong = said if isinstance(said, Failure) else _wrong(said, size, file)
    return size, None if wrong is None else str(wrong)


def _asked(address: str) -> Response | Failure:
    """What came from ``address``, with a few tries; one that hangs on does not keep the rest waiting."""
    said: list[Response | Failure] = []

    def run() -> None:
        try:
            said.append(patiently(partial(_ask, address), attempts=3, pause=2.0))
        except Failure as failure:
            said.append(failure)

    asking = threading.Thread(target=run, daemon=True)
    asking.start()
    asking.join(LIMIT)
    return said[0] if said else Failure(f"no answer in {LIMIT:g} s")


def _ask(address: str) -> Response:
    """The headers at ``address``: by HEAD, or where that is refused by GET with a range of one byte. Raises Failure."""
    try:
        with Session() as session:
            with suppress(RequestException):
                reply = session.head(address, headers=AS_IT_IS, allow_redirects=True, timeout=TIMEOUT)
                if reply.ok:
                    return reply
            one = AS_IT_IS | {"Range": "bytes=0-0"}
            with session.get(address, headers=one, stream=True, timeout=TIMEOUT) as reply:
                if not reply.ok:
                    raise refusal(reply)
                return reply
    except Exception as error:
        failure = failure_of(error, address, TIMEOUT)
    raise failure


def _size(reply: Response) -> int | None:
    """Bytes of the whole file, as far as the reply says."""
    said = reply.headers.get("Content-Length", "")
    if reply.status_code == 206:
        said = reply.headers.get("Content-Range", "").rpartition("/")[2]
    return int(said) if said.isdecimal() else None


def _wrong(reply: Response, size: int | None, file: SourceFile) -> str | None:
    """Why this cannot be the file, if so."""
    if "html" in reply.headers.get("Content-Type", "").lower() and not may_be_page(file.name):
        return "an HTML page and not the file"
    return "another size than the registry's" if None not in (file.size, size) and file.size != size else None


if __name__ == "__main__":
    print(Row("answer", "bytes", "registry", "file", "address"))
    rows = []
    try:
        for row in answers(Path(sys.argv[1]) if len(sys.argv) > 1 else REGISTRY):
            rows.append(row.answer)
            print(row, flush=True)
    except InputError as error:
        sys.exit(str(error))
    failed = rows.count("FAILED")
    print(f"{len(rows) - rows.count('by hand')} addresses, of which {failed} failed")
    sys.exit(1 if failed else 0)
