"""A web server on 127.0.0.1 that does, on request, what servers on the internet do.

Each path has a list of replies that are used in turn; the last one is repeated. A reply is a function of the
request handler. What was asked is kept in ``requests``. Everything here ends by itself.
"""

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

    do_HEAD = do_GET  # what is sent after the headers, the client leaves

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

    def at(self, path: str, *replies: Reply, host: str = "127.0.0.1") -> str:
        """Have ``path`` answered by ``replies``; return its address."""
        self.replies[path] = list(replies)
        return f"http://{host}:{self.server_port}{path}"


def plain(body: bytes, announced: int | None = None, upto: int | None = None, **headers: object) -> Reply:
    """The body, of which the server announces what it likes, and sends no more than ``upto`` bytes."""

    def reply(handler: Handler):
        handler.begin(200, Content_Length=len(body) if announced is None else announced, **headers)
        handler.wfile.write(body[:upto])

    return reply


def unannounced(body: bytes) -> Reply:
    """A body that ends where the connection does."""

    def reply(handler: Handler):
        handler.begin(200)
        handler.wfile.write(body)

    return reply


def chunked(body: bytes, ends: bool = True) -> Reply:
    """A body in chunks, with or without the one that says that it ends."""

    def reply(handler: Handler):
        handler.begin(200, Transfer_Encoding="chunked")
        for start in range(0, len(body), 100_000):
            piece = body[start : start + 100_000]
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        handler.wfile.write(b"0\r\n\r\n" if ends else b"")

    return reply


def status(code: int, body: bytes = b"", kind: str = "text/plain", **headers: object) -> Reply:
    """A status, with whatever body servers decorate it with."""

    def reply(handler: Handler):
        handler.begin(code, Content_Length=len(body), Content_Type=kind, **headers)
        handler.wfile.write(body)

    return reply


def raw(text: bytes) -> Reply:
    """Bytes that are no HTTP of Python's making."""

    def reply(handler: Handler):
        handler.wfile.write(text)
        handler.close_connection = True

    return reply


def redirect(to: str) -> Reply:
    """Somewhere else."""
    return lambda handler: handler.begin(302, Location=to, Content_Length=0)


def stall(body: bytes, upto: int) -> Reply:
    """Send the beginning, and then nothing more, with the connection open."""

    def reply(handler: Handler):
        plain(body, upto=upto)(handler)
        handler.wfile.flush()
        handler.server.sent.set()
        handler.server.released.wait(20)

    return reply


def trickle(start: bytes) -> Reply:
    """A byte now and then after ``start``, so that no silence is ever long."""

    def reply(handler: Handler):
        handler.wfile.write(start)
        for _ in range(200):
            if handler.server.released.wait(0.1):
                return
            handler.wfile.write(b"x")

    return reply


def held(body: bytes) -> Reply:
    """Answer when the test says so (``released``)."""

    def reply(handler: Handler):
        handler.server.sent.set()
        handler.server.released.wait(20)
        plain(body)(handler)

    return reply
