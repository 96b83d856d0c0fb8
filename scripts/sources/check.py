"""Does every address of the registry still answer? By ``make check-sources``, or check.py [REGISTRY].

Asks for headers alone, one address after the other, and exits with 1 where one fails.
"""

import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pandas as pd
from requests import Response

from running import InputError
from sources.download import ask
from sources.fetch import patiently
from sources.registry import REGISTRY, SourceFile, load_registry
from sources.verify import Failure, may_be_page

TIMEOUT = 30.0  # seconds for which a server may be silent
LIMIT = 120.0  # seconds for one address


def answers(registry: Path) -> Iterator[dict[str, str]]:
    """A row for each address of each file: what it answered, how many bytes it has there, what the registry says."""
    for dataset in load_registry(registry).values():
        for file in dataset.files.values():
            known = ", ".join([f"{file.size} bytes" if file.size else "size not known", file.algorithm or "no hash"])
            for address in file.addresses or [None]:
                answer, size = _asked(file, address) if address else ("by hand", None)
                about = {"file": file.key, "answer": answer, "bytes": size or "not said", "registry": known}
                yield about | {"address": address or ""}


def _asked(file: SourceFile, address: str) -> tuple[str, int | None]:
    """The answer, "ok" or "FAILED" and why, and the size in bytes, or None."""
    said: list[Response | Exception] = []

    def run() -> None:
        try:
            said.append(patiently(partial(ask, address, TIMEOUT), attempts=3, pause=2.0))
        except Failure as failure:
            said.append(failure)

    asking = threading.Thread(target=run, daemon=True)  # a server that hangs on does not keep the rest waiting
    asking.start()
    asking.join(LIMIT)
    reply = said[0] if said else Failure(f"no answer in {LIMIT:g} s")
    if isinstance(reply, Exception):
        return f"FAILED: {reply}", None
    size = _size(reply)
    if "html" in reply.headers.get("Content-Type", "").lower() and not may_be_page(file.name):
        return "FAILED: an HTML page and not the file", size
    if None not in (file.size, size) and file.size != size:
        return "FAILED: another size", size
    return f"ok ({reply.status_code})", size


def _size(reply: Response) -> int | None:
    """Bytes of the file, by the length of it all or the end of Content-Range."""
    said = reply.headers.get("Content-Length", "")
    if reply.status_code == 206:
        said = reply.headers.get("Content-Range", "").rpartition("/")[2]
    return int(said) if said.isdecimal() else None


if __name__ == "__main__":
    try:
        table = pd.DataFrame(answers(Path(sys.argv[1]) if len(sys.argv) > 1 else REGISTRY))
    except InputError as error:
        sys.exit(str(error))
    print(table.to_string(index=False, justify="left"))
    failed = int(table["answer"].str.startswith("FAILED").sum())
    print(f"{(table['address'] != '').sum()} addresses, of which {failed} failed")
    sys.exit(1 if failed else 0)
