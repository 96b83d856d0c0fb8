"""One try at one place: the bytes go into a file in one piece, watched by a thread that gives up on who is too slow."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
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


def receive(chunks: Iterator[bytes], part: Path, name: str, timeout: float, deadline: float) -> None:
    """Write ``chunks`` to ``part`` from a thread, which is left behind where it hangs; log how much of ``name`` came.

    Raises what the chunks raise, OSError of the disk, and Failure when too little comes in PATIENCE time-outs
    (seconds) or the time, by time.monotonic, is past ``deadline``.
    """
    now = SimpleNamespace(done=0, error=None, given_up=False)

    def write() -> None:
        try:
            with part.open("wb") as out:
                for chunk in chunks:
                    if now.given_up:
                        return
                    out.write(chunk)
                    now.done += len(chunk)
        except BaseException as error:
            now.error = error

    writer, window = threading.Thread(target=write, daemon=True), PATIENCE * timeout
    writer.start()
    since, before = time.monotonic(), 0
    try:
        while writer.is_alive():
            writer.join(min(window, REPORTED))
            passed = time.monotonic() - since
            if writer.is_alive() and since + passed > deadline:
                raise Failure(f"not done in the time that a file may take ({now.done} bytes came)")
            if writer.is_alive() and passed >= window and now.done - before < SLOWEST * window:
                raise Failure(f"only {now.done - before} bytes came in {window:g} s", again=True)
            if passed >= window:
                since, before = since + passed, now.done
            logger.info("%s: %.1f MB", name, now.done / 1e6)
    finally:
        now.given_up = True
    if now.error:
        raise now.error


def body(address: str, expected: Expected, timeout: float) -> Iterator[bytes]:
    """The chunks of what ``address`` serves; the server may be silent for ``timeout`` seconds. Raises Failure alone."""
    try:
        with Session() as session, session.get(address, headers=AS_IT_IS, stream=True, timeout=timeout) as reply:
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


class Session(requests.Session):
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
        raise refusal(reply)
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


def refusal(reply: requests.Response) -> Failure:
    """The status of ``reply`` as a Failure, with the seconds that it asks to wait."""
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
