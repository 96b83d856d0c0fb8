"""The frame of a step: log to the rule's log and to stderr; end bad input with one line; say what was used."""

import logging
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from running.disk import writing
from running.errors import CannotWrite, InputError, plain
from running.intact import assert_intact
from running.parent import end_with_snakemake
from running.told import told
from running.usage import leave_usage

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class LogFile(logging.FileHandler):
    """The log of a rule, which on a full disk gives up with one line and leaves all further ones to stderr."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Instead of a traceback for every line."""
        logging.getLogger().removeHandler(self)
        logging.getLogger(__name__).error("%s: cannot be written: %s", self.baseFilename, sys.exc_info()[1])


@contextmanager
def heeding_ctrl_c() -> Iterator[None]:
    """Raise KeyboardInterrupt in the body on Ctrl-C, and again after it: a job was seen to go on after the first."""
    pressed = []

    def note(number: int, frame: Any) -> None:
        pressed.append(number)
        signal.default_int_handler(number, frame)

    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler:  # who ignores Ctrl-C, as nohup does, goes on to do so
        yield
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt


@contextmanager
def step(snakemake: Any, in_part: Sequence[str] = ()) -> Iterator[logging.Logger]:
    """Run the body of a script under the log of its rule, on whole inputs, and for as long as Snakemake runs.

    Progress goes to the rule's log and to stderr; what a body that ends well has used goes to the rule's second log,
    ``usage`` (see ``running.usage``). A traceback goes to the log alone: where the cause is bad input the user sees the
    one line that says what to mend, else the first line of what a library said, and where the log is.

    in_part : names of the inputs that are not looked at here, since the body takes only a part of each, and finds
        itself what is wrong in that
    """
    to_stderr = logging.StreamHandler(sys.stderr)
    logging.basicConfig(level=logging.INFO, format=FORMAT, handlers=[to_stderr], force=True)
    logging.captureWarnings(True)
    logger = logging.getLogger(snakemake.rule)
    end_with_snakemake()
    _limit_numba(snakemake.threads)
    usage = Path(snakemake.log.usage) if len(snakemake.log) > 1 else None
    try:
        _log_to(Path(snakemake.log[0]))
        if usage:
            usage.unlink(missing_ok=True)
        _assert_inputs(snakemake, in_part, whole=told({}).get("verify_inputs", False))
        with heeding_ctrl_c():
            yield logger
        if usage:
            leave_usage(usage, snakemake.input)
    except KeyboardInterrupt:
        logger.error("interrupted")
        raise SystemExit(128 + signal.SIGINT) from None
    except Exception as error:
        found = str(error)
        if not isinstance(error, InputError):
            found = f"the step failed: {type(error).__name__}: {plain(error)}; the whole of it is in {snakemake.log[0]}"
        if not isinstance(error, CannotWrite):
            try:
                _assert_inputs(snakemake, in_part, whole=True)
            except InputError as damage:  # which may be the reason, whatever it was taken for
                found = str(damage)
        logger.error("%s", found)
        logging.getLogger().removeHandler(to_stderr)
        logging.getLogger().addHandler(logging.NullHandler())  # there may be no log: the disk is full
        logger.exception("where it was found")
        raise SystemExit(1) from error


def _limit_numba(threads: int) -> None:
    """Give numba, and so pynndescent and UMAP, the threads of the rule, as Snakemake does for BLAS."""
    if numba := sys.modules.get("numba"):  # which has read the variable, or has taken every core
        numba.set_num_threads(min(threads, numba.get_num_threads()))
    else:
        os.environ["NUMBA_NUM_THREADS"] = str(threads)


def _assert_inputs(snakemake: Any, in_part: Sequence[str], whole: bool) -> None:
    left_out = {snakemake.input[name] for name in in_part}
    for path in snakemake.input:
        if path not in left_out:
            assert_intact(path, whole)


def _log_to(log: Path) -> None:
    with writing(log):
        log.parent.mkdir(parents=True, exist_ok=True)
        handler = LogFile(log, mode="w")
    handler.setFormatter(logging.Formatter(FORMAT))
    logging.getLogger().addHandler(handler)
