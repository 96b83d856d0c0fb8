"""Fixtures of the tests of single modules."""

import pytest
from fetching import World
from misbehaving_server import MisbehavingServer

from sources import fetch


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A folder to fetch into, and a server on this machine that no proxy of the user stands before."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(fetch, "QUIET", 0.1)
    with MisbehavingServer() as server:
        yield World(server, tmp_path)
