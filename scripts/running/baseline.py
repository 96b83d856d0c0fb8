"""Run one of several methods such that its failure is a result, which figures and the ledger show."""

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from running.files import whole_file
from running.fresh_process import ProcessFailed, in_fresh_process
from running.intact import assert_intact

logger = logging.getLogger(__name__)


class Status(NamedTuple):
    """How a method ended: "done" or "failed", and in that case why, in one line."""

    state: str
    reason: str

    @property
    def failed(self) -> bool:
        """Whether there is no result."""
        return self.state == "failed"


def baseline(function: str, result: Path | str, status: Path | str, *, threads: int, **arguments) -> Status:
    """Run ``function(out=result, **arguments)`` in a fresh process, and write how it ended to ``status``.

    function : "package.module:name"; it writes ``out`` whole (with whole_file)
    arguments : JSON

    Where it fails, the result is an empty file and the status says why. The step itself then succeeds, so that one
    method that fails does not sink the rest. Bad input should be found before this, in preprocessing. A damaged input
    among the arguments, and a full disk, are no result: InputError is raised, so that the method is run again.
    """
    try:
        in_fresh_process(function, threads=threads, out=str(result), **arguments)
        ended = Status("done", "")
    except ProcessFailed as error:
        logger.error("%s failed: %s", function, error)
        for path in filter(os.path.isfile, _texts(arguments)):
            assert_intact(path)
        ended = Status("failed", str(error))
        with whole_file(result):
            pass  # the empty file
    with whole_file(status) as part:
        part.write_text(json.dumps(ended._asdict()) + "\n", encoding="utf-8")
    return ended


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def read_status(path: Path | str) -> Status:
    """What :func:`baseline` wrote."""
    return Status(**json.loads(Path(path).read_text(encoding="utf-8")))
