"""One try at one address: the body goes into the part, and on from where an earlier try stopped."""

import re
from collections.abc import Iterator
from http.client import IncompleteRead

import requests
import urllib3
from requests import Response

from sources.failure import Failure
from sources.part import Part
from sources.progress import reported
from sources.verify import Expected, may_not_be_page

CHUNK = 1 << 16  # bytes; what is lost of a transfer that is cut off
PASSING = {408, 425, 429, 500, 502, 503, 504}  # statuses that may be different in a moment


def download(address: str, part: Part, expected: Expected, timeout: float) -> bool:
    """Bring the body at ``address`` into ``part``; return whether it was joined to an earlier piece.

    ``timeout`` is how many seconds the server may be silent. The body is whole by its announced length, and
    not yet verified. Raises Failure; the part then holds what came, if the rest can be added to it later.
    """
    done, validator = part.held(address)
    if expected.size and done >= expected.size:
        return True
    headers = {"Accept-Encoding": "identity"}
    if done:
        headers |= {"Range": f"bytes={done}-", "If-Range": validator}
    try:
        with requests.get(address, headers=headers, stream=True, timeout=timeout) as reply:
            joined = _goes_on(reply, part, done, validator)
            _refuse(reply, expected.name)
            if not joined:
                part.begin(address, _validator(reply))
            part.append(_body(reply, done if joined else 0, expected))
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise _failure(error, timeout) from error
    return joined


def _goes_on(reply: Response, part: Part, done: int, validator: str | None) -> bool:
    """Whether the reply continues the part (206) or is the whole file (200); Failure for any other."""
    if reply.status_code == 200:
        return False
    if done and reply.status_code == 206:
        span = re.fullmatch(r"bytes (\d+)-\d+/(?:\d+|\*)", reply.headers.get("Content-Range", "").strip())
        if span and int(span[1]) == done and _validator(reply) in (None, validator):
            return True
    if done and reply.status_code in (206, 416):
        part.discard()
        raise Failure("what the server has does not fit the part that is here", again=True)
    raise Failure(f"HTTP status {reply.status_code} {reply.reason}", again=reply.status_code in PASSING)


def _validator(reply: Response) -> str | None:
    """What tells this version of the file from another, byte for byte: a weak ETag does not."""
    tag = reply.headers.get("ETag", "W/")
    return reply.headers.get("Last-Modified") if tag.startswith("W/") else tag


def _refuse(reply: Response, name: str) -> None:
    """Raise Failure when the headers say that the body is not the file, byte for byte."""
    content, encoding = (reply.headers.get(key, "") for key in ("Content-Type", "Content-Encoding"))
    if "html" in content.lower() and may_not_be_page(name):
        raise Failure(f"an HTML page and not the file (its Content-Type is {content})")
    # Of a .gz many servers say that it is "encoded": there the compressed bytes are the file.
    if encoding not in ("", "identity") and not name.endswith((".gz", ".tgz")):
        raise Failure(f"the server sends it encoded as {encoding} although it was asked not to")


def _body(reply: Response, done: int, expected: Expected) -> Iterator[bytes]:
    """The chunks of the body as the publisher made it; Failure for an endless one."""
    announced = reply.raw.length_remaining  # urllib3 raises IncompleteRead when fewer bytes come
    total = expected.size if announced is None else done + announced
    for chunk in reported(reply.raw.stream(CHUNK, decode_content=False), expected.name, done, total):
        done += len(chunk)
        if announced is None and expected.size and done > expected.size:
            raise Failure(f"more than the {expected.size} bytes expected, and no end announced")
        yield chunk


def _failure(error: Exception, timeout: float) -> Failure:
    """The network's error in a few words. What is wrong with the address itself does not pass."""
    if isinstance(error, requests.TooManyRedirects):
        return Failure("it redirects in a circle")
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return Failure(f"no answer for {timeout:g} s", again=True)
    cause = _innermost(error)
    if isinstance(cause, IncompleteRead):
        return Failure(f"the body was cut short ({cause})", again=True)
    if isinstance(error, requests.exceptions.SSLError):
        return Failure(f"no secure connection ({cause})")
    if isinstance(error, requests.ConnectionError | urllib3.exceptions.HTTPError):
        return Failure(f"the connection failed ({type(cause).__name__}: {cause})", again=True)
    return Failure(f"it cannot be asked ({error})")


def _innermost(error: BaseException) -> BaseException:
    """The cause at the bottom; the layers above it print the addresses of objects in memory."""
    while error.__context__ is not None:
        error = error.__context__
    return error
