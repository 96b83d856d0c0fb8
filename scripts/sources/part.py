"""The unfinished copy of a file: it grows beside the target, and takes its name only when it is right."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from running import InputError


@dataclass(frozen=True)
class Part:
    """``<target>.part``, and ``<target>.part.from`` which remembers the version of what it is a part of.

    The version is the pair of the address and the validator (strong ETag, or Last-Modified) that came with
    the first bytes. Without it a part is never continued, for its two ends could come from different files.
    """

    target: Path

    @property
    def path(self) -> Path:
        """Where the bytes are until they are verified."""
        return Path(f"{self.target}.part")

    @property
    def memory(self) -> Path:
        """Where the version is remembered."""
        return Path(f"{self.target}.part.from")

    def held(self, address: str) -> tuple[int, str | None]:
        """Return how many bytes of the file at ``address`` are here, and their validator; else (0, None)."""
        try:
            version = json.loads(self.memory.read_text(encoding="utf-8"))
            size = self.path.stat().st_size
        except (FileNotFoundError, ValueError):  # absent, or cut off by a crash
            return 0, None
        same = isinstance(version, dict) and version.get("address") == address and version.get("validator")
        return (size, version["validator"]) if same and size else (0, None)

    def begin(self, address: str, validator: str | None) -> None:
        """Start an empty part, to be continued later if there is a validator; raises as ``append`` does."""
        self.discard()
        if validator:
            try:
                self.memory.write_text(json.dumps({"address": address, "validator": validator}), "utf-8")
            except OSError as error:
                raise self._unwritable(error) from error

    def append(self, chunks: Iterable[bytes]) -> None:
        """Add the chunks at the end. A full disk is an InputError, and leaves no part behind.

        The chunks must not raise OSError of their own, which would be taken for the disk's.
        """
        try:
            with self.path.open("ab") as out:
                for chunk in chunks:
                    out.write(chunk)
        except OSError as error:
            raise self._unwritable(error) from error

    def commit(self) -> None:
        """Give the part its final name, once its bytes are on the disk."""
        try:
            with self.path.open("rb") as content:
                os.fsync(content.fileno())
            self.path.replace(self.target)
        except OSError as error:
            raise self._unwritable(error) from error
        self.memory.unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove a part that no later try can continue."""
        if not self.memory.exists():
            self.discard()

    def discard(self) -> None:
        """Remove the part and its memory."""
        self.memory.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def _unwritable(self, error: OSError) -> InputError:
        self.discard()
        remedy = "make room or the folder writable, then run again"
        return InputError(self.target, f"cannot be written ({error.strerror or error})", remedy)
