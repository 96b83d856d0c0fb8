"""A job ends with the Snakemake that started it, however that one ends."""

import logging
import os
import select
import threading

VARIABLE = "SNAKEMAKE_PROCESS"  # the number of its process, set in rules/common.smk

logger = logging.getLogger(__name__)


def end_with_snakemake() -> None:
    """Watch Snakemake's process from a thread, and leave at once when it is gone.

    Nobody would take the result, and a second run may soon write the same files. Does nothing in a script that
    Snakemake did not start, and where the kernel gives no handle of a process (other than Linux).
    """
    if VARIABLE not in os.environ or not hasattr(os, "pidfd_open"):
        return
    try:
        watched = os.pidfd_open(int(os.environ[VARIABLE]))
    except ProcessLookupError:
        _leave()
    threading.Thread(target=_wait, args=(watched,), daemon=True).start()


def _wait(watched: int) -> None:
    select.select([watched], [], [])
    _leave()


def _leave() -> None:
    logger.error("Snakemake was killed: this job ends as well")
    os._exit(1)
