"""A web server on 127.0.0.1 that does, on request, what servers on the internet do.

Each path has a list of replies that are used in turn; the last one is repeated. A reply is a function of the
request handler. What was asked is kept in ``requests``.
"""

import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Reply = Callable[["Handler"], None]
PAGE = b"<!DOCTYPE html>\n<html><body>Sign in</body></html>"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with self.server.guard:
            self.server.requests.append((self.path, dict(self.headers)))
            replies = self.server.replies.get(self.path, [status(404, PAGE, "text/html")])
            reply = replies.pop(0) if len(replies) > 1 else replies[0]
        reply(self)

    def begin(self, code: int, **headers: object):
        self.send_response(code)
        for key, value in {"Connection": "close", **headers}.items():
            self.send_header(key.replace("_", "-"), str(value))
        self.end_headers()

    def log_message(self, *_):
        pass


class MisbehavingServer(ThreadingHTTPServer):
    """Use as a context manager. ``sent`` is set when a stalling reply has sent all that it will send."""

    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.guard, self.replies, self.requests = threading.Lock(), {}, []
        self.sent, self.released = threading.Event(), threading.Event()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.released.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        """A client that went away is part of the game."""

    def at(self, path: str, *replies: Reply) -> str:
        """Have ``path`` answered by ``replies``; return its address."""
        self.replies[path] = list(replies)
        return f"http://127.0.0.1:{self.server_port}{path}"

    def ranges(self) -> list[str | None]:
        """The Range header of each request so far."""
        return [headers.get("Range") for _, headers in self.requests]


def file(body: bytes, etag: str | None = '"v1"', upto: int | None = None, **more: object) -> Reply:
    """An honest server with Range and If-Range. With ``upto`` it hangs up after that byte of the file."""

    def reply(handler: Handler):
        asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        first = int(asked[1]) if asked and handler.headers.get("If-Range") in (None, etag) else 0
        headers = {"ETag": etag} if etag else {}
        if first:
            headers["Content_Range"] = f"bytes {first}-{len(body) - 1}/{len(body)}"
        handler.begin(206 if first else 200, Content_Length=len(body) - first, **headers, **more)
        handler.wfile.write(body[first:upto])

    return reply


def plain(body: bytes, announced: int | None = None, **headers: object) -> Reply:
    """A server that knows no Range, and announces what it likes."""

    def reply(handler: Handler):
        handler.begin(200, Content_Length=len(body) if announced is None else announced, **headers)
        handler.wfile.write(body)

    return reply


def endless(chunk: bytes) -> Reply:
    """A body with no announced length and a hundred times too long."""

    def reply(handler: Handler):
        handler.begin(200)
        for _ in range(100):  # endless enough; a broken client must not fill the disk
            handler.wfile.write(chunk)

    return reply


def piece(body: bytes, etag: str = '"v1"', shift: int = 0) -> Reply:
    """A 206 for whatever version the client has, which begins ``shift`` bytes after what was asked."""

    def reply(handler: Handler):
        first = int(handler.headers["Range"].removeprefix("bytes=").rstrip("-")) + shift
        content_range = f"bytes {first}-{len(body) - 1}/{len(body)}"
        handler.begin(206, Content_Length=len(body) - first, Content_Range=content_range, ETag=etag)
        handler.wfile.write(body[first:])

    return reply


def status(code: int, body: bytes = b"", kind: str = "text/plain") -> Reply:
    """A status, with whatever body servers decorate it with."""

    def reply(handler: Handler):
        handler.begin(code, Content_Length=len(body), Content_Type=kind)
        handler.wfile.write(body)

    return reply


def redirect(to: str) -> Reply:
    """Somewhere else."""
    return lambda handler: handler.begin(302, Location=to, Content_Length=0)


def stall(body: bytes, upto: int, etag: str = '"v1"') -> Reply:
    """Send the beginning, and then nothing more, with the connection open."""

    def reply(handler: Handler):
        handler.begin(200, Content_Length=len(body), ETag=etag)
        handler.wfile.write(body[:upto])
        handler.wfile.flush()
        handler.server.sent.set()
        handler.server.released.wait(20)

    return reply


def held(body: bytes) -> Reply:
    """Answer when the test says so (``released``)."""

    def reply(handler: Handler):
        handler.server.sent.set()
        handler.server.released.wait(20)
        plain(body)(handler)

    return reply
