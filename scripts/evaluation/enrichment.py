"""Which gene sets hold more of the chosen genes than chance would put there (the paper's GO and Reactome terms).

SciPy does the sums. gseapy's offline ``enrich`` gives the same p, but it leaves out the sets without overlap before
it corrects for the number of tests, so that its q are too small; and it may change the case of symbols. Both are
shown by a test.
"""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, hypergeom

from formats.gmt import GeneSets, of_size, read_gmt
from running import InputError

COLUMNS = ("term", "name", "branch", "overlap", "size", "p", "q")


def enrich(
    genes: Collection[str],
    background: Collection[str],
    gmt: Path | str | GeneSets,
    *,
    min_size: int,
    max_size: int,
    named: Collection[str] = (),
) -> pd.DataFrame:
    """One-sided hypergeometric test of each set against the genes measured, with Benjamini-Hochberg q over all sets.

    genes : the chosen genes, all of them among ``background``; repeated ones count once
    background : the genes measured. A set is cut to these, and tested if ``min_size`` to ``max_size`` are left
    gmt : a file, or sets that were read from one
    named : identifiers of sets that are tested whatever their size, so long as one of their genes was measured

    Returns a row for each set tested, those without overlap too, sorted by p: term (the identifier), name, branch (of
    the Gene Ontology, empty where the sets do not tell), ``overlap`` (chosen genes in the set), ``size`` (measured
    genes in the set), p = P(at least this overlap), q. Raises ValueError if a chosen gene was not measured, and
    InputError if no set is left to test.
    """
    chosen, measured = frozenset(genes), frozenset(background)
    if not chosen <= measured:
        raise ValueError(f"genes: {min(chosen - measured)!r} and perhaps others are not among the genes measured")
    sets = gmt if isinstance(gmt, dict) else read_gmt(gmt)
    tested = of_size(sets, min_size, max_size, among=measured, named=named)
    if not tested:
        problem = f"none of {len(sets)} gene sets has {min_size} to {max_size} of the {len(measured)} genes measured"
        remedy = f"use sets of the same species and kind of symbol (here: {min(measured, default='no gene at all')!r})"
        raise InputError("the gene sets" if isinstance(gmt, dict) else gmt, problem, remedy)
    overlap = np.array([len(one.genes & chosen) for one in tested.values()])
    size = np.array([len(one.genes) for one in tested.values()])
    # sf(x - 1) is P(X >= x); for no overlap it is 1.
    p = hypergeom.sf(overlap - 1, len(measured), size, len(chosen)).clip(0, 1)
    words = [[one.name for one in tested.values()], [one.branch for one in tested.values()]]
    columns = (list(tested), *words, overlap, size, p, false_discovery_control(p))
    table = pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
    return table.sort_values(["p", "term"], ignore_index=True)
