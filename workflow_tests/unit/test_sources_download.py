"""One try at one address: bodies that are cut short, endless, slow or encoded, redirects, and proxies."""

import gzip
import time
from io import BytesIO

import pytest
from fetching import BODY, MD5, OTHER, a_world, source
from misbehaving_server import MisbehavingServer, chunked, plain, raw, redirect, stall, status, trickle, unannounced

from sources.download import Session
from sources.verify import Failure

world = a_world


def test_cut_short_begins_again(world):
    world.right(source(world.server.at("/a", plain(BODY, upto=300_000), plain(BODY)), hashed=False))
    assert len(world.server.requests) == 2
    assert not any("Range" in headers for _, headers in world.server.requests)


@pytest.mark.parametrize("hashed", [True, False])
@pytest.mark.parametrize("reply", [plain(BODY, upto=300_000), plain(BODY[:-9], len(BODY)), chunked(BODY, ends=False)])
def test_always_cut_short(world, reply, hashed):
    world.error(source(world.server.at("/a", reply), hashed=hashed), names=["the body was cut short"], attempts=2)
    assert len(world.server.requests) == 2
    assert world.left() == []
    assert not world.pins.exists()


def test_announced_shorter_than_it_is(world):
    address = world.server.at("/a", plain(BODY, announced=len(BODY) - 9))
    world.error(source(address), names=[f"({len(BODY) - 9} bytes)", f"({len(BODY)} bytes)"])
    assert world.left() == []


def test_in_chunks(world):
    world.right(source(world.server.at("/a", chunked(BODY)), hashed=False))


def test_no_length_and_nothing_else_that_would_show_a_piece(world):
    address = world.server.at("/a", unannounced(BODY))
    world.error(source(address, hashed=False), names=["does not say how long it is"])
    world.right(source(address))  # there the hash shows it


@pytest.mark.parametrize("cut", [0, 9])
def test_no_length_of_a_gzip_which_shows_itself_that_it_is_whole(world, cut):
    body = gzip.compress(BODY)
    entry = source(world.server.at("/a", unannounced(body[: len(body) - cut])), hashed=False, name="toy.gz")
    if cut:
        world.error(entry, names=["cut short or damaged"])
    else:
        world.right(entry, body=body)


@pytest.mark.parametrize("code", [206, 203])
def test_a_piece_that_nobody_asked_for(world, code):
    piece = status(code, BODY[:300_000], "application/octet-stream", Content_Range=f"bytes 0-299999/{len(BODY)}")
    world.error(source(world.server.at("/a", piece), hashed=False), names=[f"HTTP status {code}"])
    assert not world.pins.exists()


@pytest.mark.parametrize("reply", [chunked(OTHER * 20), unannounced(OTHER * 20)])
def test_an_endless_body_ends(world, reply):
    world.error(source(world.server.at("/a", reply)), names=["more than the 600000 bytes expected"])
    assert world.left() == []


def test_too_long_by_what_is_announced(world):
    large = plain(b"", announced=10**15)
    world.error(source(world.server.at("/a", large)), names=["announces 1000000000000000 bytes"])
    world.error(source(world.server.at("/a", large), hashed=False), names=["more than the 21474836480 bytes allowed"])


def test_a_body_encoded_against_our_wish(world):
    world.error(source(world.server.at("/a", plain(BODY, Content_Encoding="br"))), names=["encoded as br"])


def test_a_gz_is_kept_as_it_is_whatever_the_server_calls_it(world):
    body = gzip.compress(BODY)
    address = world.server.at("/a", plain(body, Content_Encoding="gzip"))
    world.right(source(address, hashed=False, name="toy.gz"), body=body)


HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "start",
    [b"", HEAD + b"X: ", HEAD + b"Content-Length: 600000\r\n\r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n"],
    ids=["status", "header", "body", "chunk"],
)
def test_a_trickle_ends(world, start):
    begun = time.monotonic()
    address = world.server.at("/a", trickle(start))
    world.error(source(address), names=["bytes came in 0.6 s"], timeout=0.2, attempts=1)
    assert time.monotonic() - begun < 5


def test_the_whole_has_a_limit_too(world):
    address = world.server.at("/a", trickle(HEAD + b"Content-Length: 600000\r\n\r\n"))
    world.error(source(address), names=["not done in the time"], limit=0.1, timeout=0.5)
    assert len(world.server.requests) == 1


def test_stalled(world):
    address = world.server.at("/a", stall(BODY, 300_000))
    world.error(source(address), names=["no answer for 0.2 s"], timeout=0.2)
    world.right(source(address, world.server.at("/b", plain(BODY))), timeout=0.2, attempts=1)


def test_killed_in_the_middle(world):
    entry = source(world.server.at("/a", stall(BODY, 300_000), plain(BODY)))
    with world.process(entry) as process:
        assert world.server.sent.wait(20)
        process.kill()
    assert not world.target.exists()
    world.right(entry)  # and what the killed one left has gone


def test_redirected(world):
    there = world.server.at("/b", plain(BODY))
    world.right(source(world.server.at("/a", redirect(there))))


def test_what_a_redirect_says_beside_is_not_read(world):
    there = world.server.at("/b", plain(BODY))
    endless = HEAD.replace(b"200 OK", b"302 There") + f"Location: {there}\r\nContent-Length: 600000\r\n\r\n".encode()
    world.right(source(world.server.at("/a", trickle(endless))), timeout=0.5, attempts=1)


def test_redirected_in_a_circle(world):
    world.error(source(world.server.at("/a", redirect("/a"))), names=["redirects in a circle"])


@pytest.mark.parametrize("to", ["http://[::1", "http://[::zz]/", "http://\u00e4\u00f6/", "ftp://user:s3cr3t@h/", ""])
def test_redirected_to_nowhere(world, to):
    first, second = world.server.at("/a", redirect(to)), world.server.at("/b", plain(BODY))
    assert "s3cr3t" not in world.error(source(first), names=[first])
    world.right(source(first, second))


@pytest.mark.parametrize(
    ("to", "refused"), [("http://b/c", True), ("//b/c", False), ("/c", False), ("https://b", False)]
)
def test_not_from_a_secure_connection_to_another(to, refused):
    class Reply:
        url, is_redirect, headers, raw = "https://a/b", True, {"location": to}, BytesIO()

    if refused:
        with pytest.raises(Failure, match="from https to"):
            Session().get_redirect_target(Reply)
    else:
        assert Session().get_redirect_target(Reply) == to


def test_nobody_there(world):
    with MisbehavingServer() as gone:
        address = gone.at("/a")
    world.error(source(address), names=[address, "connection failed", "refused"])


@pytest.mark.parametrize("text", [b"", b"nonsense\r\n\r\n", HEAD + b"Content-Length: many\r\nX\x1b[31m\r\n\r\nshort"])
def test_what_is_no_http(world, text):
    message = world.error(source(world.server.at("/a", raw(text)), hashed=False), names=["/a: "])
    assert "\x1b" not in message


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "http://user:s3cr3t@127.0.0.1:9", "user:s3cr3t@127.0.0.1:9"])
def test_a_dead_proxy_is_named_and_its_password_is_not(world, proxy, monkeypatch):
    monkeypatch.setenv("http_proxy", proxy)
    address = world.server.at("/a", plain(BODY))
    message = world.error(source(address), names=["asked through the proxy", "127.0.0.1:9)"])
    assert "s3cr3t" not in message


def test_certificates_that_are_not_there_keep_no_other_address_from_being_asked(world, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "absent.pem")
    world.right(source("https://127.0.0.1:9/a", world.server.at("/b", plain(BODY))))


def test_md5_is_what_the_error_names(world):
    world.error(source(world.server.at("/a", plain(OTHER))), names=[MD5])
