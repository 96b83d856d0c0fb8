"""The frame of a step: log to the rule's log and to stderr; end bad input with one line."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from running.errors import InputError

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


@contextmanager
def step(snakemake: Any) -> Iterator[logging.Logger]:
    """Run the body of a script under the log of its rule.

    Progress goes to the rule's log and to stderr. A traceback goes to the log alone when the cause is bad input:
    the user then sees the one line that says what to mend. Any other exception shows its traceback in both.
    """
    log = Path(snakemake.log[0])
    log.parent.mkdir(parents=True, exist_ok=True)
    to_file, to_stderr = logging.FileHandler(log, mode="w"), logging.StreamHandler(sys.stderr)
    logging.basicConfig(level=logging.INFO, format=FORMAT, handlers=[to_file, to_stderr], force=True)
    logging.captureWarnings(True)
    logger = logging.getLogger(snakemake.rule)
    try:
        yield logger
    except InputError as error:
        logger.error("%s", error)
        logging.getLogger().removeHandler(to_stderr)
        logger.exception("where it was found")
        raise SystemExit(1) from error
    except Exception:
        logger.exception("the step failed")
        raise SystemExit(1) from None
