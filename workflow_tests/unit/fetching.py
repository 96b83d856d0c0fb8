"""What the tests of fetching share: a body, a registry entry for it, and assertions on how a fetch ends."""

import hashlib
import os
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from misbehaving_server import MisbehavingServer

from running import InputError
from sources import fetch as module
from sources.fetch import fetch
from sources.registry import SourceFile

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
BODY = random.Random(20).randbytes(600_000)  # several chunks, none of them text
OTHER = random.Random(21).randbytes(600_000)  # another version, of the same size
MD5, OTHER_MD5 = (hashlib.md5(body).hexdigest() for body in (BODY, OTHER))
SHA256, OTHER_SHA256 = (hashlib.sha256(body).hexdigest() for body in (BODY, OTHER))


def source(*addresses: str, hashed: bool = True, **changes: object) -> SourceFile:
    """The registry's entry for BODY: with its md5 and size, or with no known hash."""
    known = {"algorithm": "md5", "digest": MD5, "size": len(BODY)} if hashed else {}
    about = {"dataset": "toy", "name": "toy.bin", "access": "open", "instructions": None, "stand_in": False}
    unknown = dict.fromkeys(["algorithm", "digest", "size", "shape", "note", "tissue"])
    return SourceFile(**{**about, **unknown, **known, "addresses": addresses, **changes})


@dataclass(frozen=True)
class World:
    """One server, one folder."""

    server: MisbehavingServer
    folder: Path

    @property
    def target(self) -> Path:
        return self.folder / "sources" / "toy.bin"

    @property
    def pins(self) -> Path:
        return self.folder / "pins.yaml"

    def fetch(self, file: SourceFile, mirror: object = None, **options: float) -> str:
        patience = {"attempts": 3, "timeout": 5.0, "pause": 0.0, **options}
        return fetch(file, self.target, mirror and str(mirror), self.pins, **patience)

    def right(self, file: SourceFile, mirror: object = None, body: bytes = BODY, **options: float) -> None:
        """The fetch ends with the right bytes, and with nothing unfinished beside them."""
        self.fetch(file, mirror, **options)
        assert self.target.read_bytes() == body
        assert self.left() == ["toy.bin"]

    def error(self, file: SourceFile, mirror: object = None, *, names: list[str], **options: float) -> str:
        """The fetch ends with no file and one line that has all ``names`` in it."""
        with pytest.raises(InputError) as caught:
            self.fetch(file, mirror, **options)
        message = str(caught.value)
        assert "\n" not in message
        assert str(self.target) in message
        assert [name for name in names if name not in message] == []
        assert not self.target.exists()
        return message

    def left(self) -> list[str]:
        """What is in the target's folder, but for the empty lock."""
        return sorted(path.name for path in self.target.parent.iterdir() if path.suffix != ".lock")

    def process(self, file: SourceFile, before: str = "") -> subprocess.Popen:
        """The same fetch in a process of its own, which says "ready" just before."""
        code = (
            f"from pathlib import Path, PosixPath\nfrom sources.fetch import fetch\n{before}\n"
            f"from sources.registry import SourceFile\nprint('ready', flush=True)\n"
            f"fetch({file!r}, {self.target!r}, None, {self.pins!r}, attempts=1, timeout=20.0)"
        )
        environment = {**os.environ, "PYTHONPATH": str(SCRIPTS)}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen([sys.executable, "-c", code], env=environment, **pipes)


@pytest.fixture
def a_world(tmp_path, monkeypatch):
    """A folder to fetch into, and a server on this machine that no proxy of the user stands before."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(module, "QUIET", 0.1)
    with MisbehavingServer() as server:
        yield World(server, tmp_path)
