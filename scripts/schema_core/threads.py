"""Rows dealt to threads, each with one thread of BLAS: two that share a small product wait for each other, spinning."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController

WORTH_THREADS = 10**9  # multiplications; below, starting them takes as long


def in_threads(function: Callable, arguments: Iterable[tuple], work: float) -> Iterator[Any]:
    """What a function gives for each tuple of arguments, in their order; in as many threads as BLAS would have.

    work : about how many multiplications it is; where that is little there are no threads
    """
    n = n_threads() if work > WORTH_THREADS else 1
    if n < 2:
        yield from (function(*one) for one in arguments)
        return
    with _blas().limit(limits=1, user_api="blas"), ThreadPoolExecutor(n) as pool:
        yield from pool.map(lambda one: function(*one), arguments)


def n_threads() -> int:
    """As many as BLAS is allowed (OMP_NUM_THREADS and its like), and as there are processors for this process."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    allowed = [one.num_threads for one in _blas().select(user_api="blas").lib_controllers]
    return min([processors, *allowed])


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()
