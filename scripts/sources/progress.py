"""Say how far a long copy has come."""

import logging
import time
from collections.abc import Iterable, Iterator

logger = logging.getLogger(__name__)


def reported(chunks: Iterable[bytes], name: str, done: int, total: int | None, every: float = 5.0) -> Iterator[bytes]:
    """Pass the chunks on; log how much of ``name`` is there, once in ``every`` seconds and at the end.

    ``done`` and ``total`` are in bytes, before the first chunk and of the whole file (None if not known).
    """
    start, last = done, time.monotonic()
    for chunk in chunks:
        yield chunk
        done += len(chunk)
        if time.monotonic() - last >= every:
            last = time.monotonic()
            logger.info("%s: %s", name, _amount(done, total))
    logger.info("%s: %s, of which %.1f MB came now", name, _amount(done, total), (done - start) / 1e6)


def _amount(done: int, total: int | None) -> str:
    return f"{done / 1e6:.1f} of {total / 1e6:.1f} MB ({done / total:.0%})" if total else f"{done / 1e6:.1f} MB"
