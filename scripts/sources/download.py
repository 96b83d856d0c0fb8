"""One try at one place: the bytes go into a file in one piece, watched by a thread that gives up on who is too slow."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urljoin

import requests
import urllib3
from requests.utils import get_environ_proxies, select_proxy

from running import plain
from sources.verify import Expected, Failure, may_be_page

CHUNK = 2**14  # bytes
SLOWEST = 1000  # bytes a second; whoever sends fewer counts as silent
PATIENCE = 3  # times the time-out: in so long there has to be an answer, or bytes at that pace
REPORTED = 5.0  # seconds from one line on the progress to the next
PASSING = {408, 425, 429, 500, 502, 503, 504}  # statuses that may be different in a moment
SELF_ENDING = (".gz", ".tgz", ".zip")  # formats that show where they end
AS_IT_IS = {"Accept-Encoding": "identity"}

logging.getLogger("urllib3").setLevel(logging.ERROR)  # its warnings repeat what servers wrote, and whole addresses
logger = logging.getLogger(__name__)


class _Writer(threading.Thread):
    """Writes chunks to a file; ``done`` bytes so far. One that hangs is left behind, and ends with the process."""

    def __init__(self, chunks: Iterator[bytes], part: Path):
        super().__init__(daemon=True)
        self.chunks, self.part, self.done = chunks, part, 0
        self.error: BaseException | None = None
        self.given_up = False

    def run(self) -> None:
        try:
            with self.part.open("wb") as out:
                for chunk in self.chunks:
                    if self.given_up:
                        return
                    out.write(chunk)
                    self.done += len(chunk)
        except BaseException as error:
            self.error = error


def receive(chunks: Iterator[bytes], part: Path, name: str, timeout: float, deadline: float) -> None:
    """Write ``chunks`` to ``part``, and log how much of ``name`` is there.

    Raises what the chunks raise, OSError of the disk, and Failure when too little comes in PATIENCE time-outs
    (seconds) or the time, by time.monotonic, is past ``deadline``.
    """
    writer, window = _Writer(chunks, part), PATIENCE * timeout
    writer.start()
    since, before = time.monotonic(), 0
    try:
        while writer.is_alive():
            writer.join(min(window, REPORTED))
            now = time.monotonic()
            if writer.is_alive() and now > deadline:
                raise Failure(f"not done in the time that a file may take ({writer.done} bytes came)")
            if now - since >= window:
                if writer.is_alive() and writer.done - before < SLOWEST * window:
                    raise Failure(f"only {writer.done - before} bytes came in {window:g} s", again=True)
                since, before = now, writer.done
            logger.info("%s: %.1f MB", name, writer.done / 1e6)
    finally:
        writer.given_up = True
    if writer.error:
        raise writer.error


def body(address: str, expected: Expected, timeout: float) -> Iterator[bytes]:
    """The chunks of what ``address`` serves; the server may be silent for ``timeout`` seconds. Raises Failure alone."""
    try:
        with _Session() as session, session.get(address, headers=AS_IT_IS, stream=True, timeout=timeout) as reply:
            _refuse(reply, expected)
            done = 0
            for chunk in reply.raw.stream(CHUNK, decode_content=False):  # IncompleteRead when fewer come than announced
                done += len(chunk)
                expected.bound(done, "it sends")
                yield chunk
        return
    except Exception as error:
        failure = failure_of(error, address, timeout)
    raise failure  # here, with no cause: an error of the network must not pass for one of the disk


def ask(address: str, timeout: float) -> requests.Response:
    """The headers at ``address``: by HEAD, or where that is refused by GET with a range of one byte. Raises Failure."""
    try:
        with _Session() as session:
            with suppress(requests.RequestException):
                reply = session.head(address, headers=AS_IT_IS, allow_redirects=True, timeout=timeout)
                if reply.ok:
                    return reply
            one = AS_IT_IS | {"Range": "bytes=0-0"}
            with session.get(address, headers=one, stream=True, timeout=timeout) as reply:
                if not reply.ok:
                    raise _refusal(reply)
                return reply
    except Exception as error:
        failure = failure_of(error, address, timeout)
    raise failure


class _Session(requests.Session):
    """Passwords are those of the user's netrc file, which requests gives to the host that they are for and no other."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Where the reply sends us, never from a secure connection to one that is not; its body is not read."""
        target = super().get_redirect_target(resp)
        if target:
            resp.raw.close()
        if target and resp.url.startswith("https:") and not urljoin(resp.url, target).startswith("https:"):
            raise Failure("it redirects from https to an address without")
        return target


def _refuse(reply: requests.Response, expected: Expected) -> None:
    """Raise Failure when status and headers say that the body is not the file, whole and byte for byte."""
    if reply.status_code != 200:
        raise _refusal(reply)
    content, encoding = (reply.headers.get(key, "") for key in ("Content-Type", "Content-Encoding"))
    if "html" in content.lower() and not may_be_page(expected.name):
        raise Failure(f"an HTML page and not the file (its Content-Type is {plain(content, 60)})")
    # Of a .gz many servers say that it is "encoded": there the compressed bytes are the file.
    if encoding not in ("", "identity") and not expected.name.endswith((".gz", ".tgz")):
        raise Failure(f"the server sends it encoded as {plain(encoding, 60)} although it was asked not to")
    if reply.raw.length_remaining is not None:
        expected.bound(reply.raw.length_remaining, "the server announces")
    elif not (reply.raw.chunked or expected.size or expected.digest or expected.name.endswith(SELF_ENDING)):
        raise Failure("the server does not say how long it is, so that a piece would pass for the whole")


def _refusal(reply: requests.Response) -> Failure:
    """The reply's status as a Failure."""
    wait, said = 0.0, f"HTTP status {reply.status_code} {plain(reply.reason, 60)}"
    with suppress(ValueError, OverflowError, urllib3.exceptions.HTTPError):  # of a time that is none
        wait = urllib3.Retry().get_retry_after(reply.raw) or 0.0
    said += f", asks to wait {wait:g} s" if wait else ""
    said += ", a name and password in ~/.netrc may help" if reply.status_code == 401 else ""
    return Failure(said, again=reply.status_code in PASSING, wait=wait)


def failure_of(error: Exception, address: str, timeout: float) -> Failure:
    """Whatever was raised while ``address`` was asked, as a Failure in a few words, with the proxy if one was used."""
    failure, proxy = error if isinstance(error, Failure) else _in_words(error, timeout), None
    with suppress(ValueError):  # of an address that is none
        proxy = select_proxy(address, get_environ_proxies(address))
    through = f" (asked through the proxy {proxy.rpartition('@')[2]})" if proxy else ""
    return Failure(f"{failure}{through}", again=failure.again, wait=failure.wait)


def _in_words(error: Exception, timeout: float) -> Failure:
    """The network's error in a few words. What is wrong with the address itself does not pass."""
    if isinstance(error, requests.TooManyRedirects):
        return Failure("it redirects in a circle")
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return Failure(f"no answer for {timeout:g} s", again=True)
    cause: BaseException = error
    while below := cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__):
        cause = below  # the layers above it print the addresses of objects in memory
    if isinstance(error, urllib3.exceptions.ProtocolError):
        return Failure(f"the body was cut short ({plain(cause)})", again=True)
    if isinstance(error, requests.exceptions.SSLError):
        return Failure(f"no secure connection ({plain(cause)})")
    if isinstance(error, requests.ConnectionError | urllib3.exceptions.HTTPError):
        return Failure(f"the connection failed ({type(cause).__name__}: {plain(cause)})", again=True)
    return Failure(f"it cannot be asked ({type(error).__name__}: {plain(error)})")
