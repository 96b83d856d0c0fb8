"""A job ends with the Snakemake that started it, however that one ends."""

import logging
import os
import select
import threading
import time
from contextlib import suppress

VARIABLE = "SNAKEMAKE_PROCESS"  # the number of its process, set in rules/common.smk

logger = logging.getLogger(__name__)


def end_with_snakemake() -> None:
    """Watch Snakemake's process from a thread, and leave at once when it is gone.

    Nobody would take the result, and a second run may soon write the same files. Does nothing in a script that
    Snakemake did not start.
    """
    if VARIABLE in os.environ:
        threading.Thread(target=_watch, args=(int(os.environ[VARIABLE]),), daemon=True).start()


def _watch(process: int) -> None:
    with suppress(ProcessLookupError):
        if hasattr(os, "pidfd_open"):
            select.select([os.pidfd_open(process)], [], [])
        else:  # other than Linux: no handle of a process to wait for
            while True:
                os.kill(process, 0)
                time.sleep(1)
    _leave()


def _leave() -> None:
    logger.error("Snakemake was killed: this job ends as well")
    os._exit(1)
