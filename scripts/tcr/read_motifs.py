"""Read a build of VDJdb's motifs, and refuse a file that the scores of ``vdjdb`` would misread.

A motif (``cid``) is a cluster of TCRs of one length that bind one epitope. Source: VDJdb's motif_pwms.txt, as its
repositories hold it or as a member of a release archive (Shugay et al. 2018).
"""

from pathlib import Path

import numpy as np
import pandas as pd

from running import InputError
from sources.archive import member
from tcr.chains import AMINO_ACIDS, CHAINS

NAME = "motif_pwms.txt"
HUMAN = "HomoSapiens"
COLUMNS = ("cid", "species", "gene", "aa", "pos", "len", "I.norm", "height.I.norm")
FETCH = "delete the file and let the workflow fetch it again, or name another build at tcr.vdjdb in the config"


def read_motifs(source: Path | str | bytes) -> pd.DataFrame:
    """Read the motifs from a text file (.txt), from a release archive, or from the bytes of a motif_pwms.txt.

    Returns one row per residue seen in a position of a motif, human and other: cid, species, gene, aa (str),
    pos (int, 0-based), len (int, residues), I.norm, height.I.norm (float). Columns are found by name, since
    their order and number differ between builds. Raises InputError where the file is not what the scores
    below assume.
    """
    if isinstance(source, bytes):
        place, content = NAME, source
    elif Path(source).suffix == ".txt":
        place, content = str(source), Path(source).read_bytes()
    else:
        place, content = f"{source}, {NAME}", member(Path(source), NAME)
    motifs = _table(place, content)
    for column in ("pos", "len", "I.norm", "height.I.norm"):
        motifs[column] = _numbers(place, motifs[column], whole=column in ("pos", "len"))
    motif = motifs.groupby("cid")
    faults = {
        "column 'aa': {aa!r} is not one of the 20 amino acids": ~motifs["aa"].isin(list(AMINO_ACIDS)),
        "column 'pos': the positions of motif {cid!r} do not start at 0": motif["pos"].transform("min") != 0,
        "column 'pos': position {pos} of motif {cid!r} is not below its length {len}": motifs["pos"] >= motifs["len"],
        "column 'len': motif {cid!r} has several lengths": motif["len"].transform("nunique") > 1,
        "position {pos} of motif {cid!r} has residue {aa!r} twice": motifs.duplicated(["cid", "pos", "aa"]),
        "column 'I.norm': position {pos} of motif {cid!r} has several values": (
            motifs.groupby(["cid", "pos"])["I.norm"].transform("nunique") > 1
        ),
    }
    for problem, rows in faults.items():
        if rows.any():
            row = int(rows.argmax())
            raise InputError(place, f"row {row + 2}, {problem.format_map(motifs.loc[row])}", FETCH)
    for chain in CHAINS:
        if not ((motifs["species"] == HUMAN) & (motifs["gene"] == chain)).any():
            problem = f"no row with species {HUMAN!r} and gene {chain!r}, so nothing to compare with"
            raise InputError(place, problem, FETCH)
    return motifs


def _table(place: str, content: bytes) -> pd.DataFrame:
    lines = content.decode("utf-8", errors="replace").splitlines()
    if len(lines) < 2 or lines[0].lstrip().startswith("<"):
        raise InputError(place, "row 1: not a table with a header and motifs below it", FETCH)
    names, *rows = (line.split("\t") for line in lines)
    for column in COLUMNS:
        if names.count(column) != 1:
            fault = "occurs twice in" if column in names else "is missing from"
            raise InputError(place, f"row 1: column {column!r} {fault} the header", FETCH)
    for number, row in enumerate(rows, start=2):
        if len(row) != len(names):
            problem = f"row {number}: {len(row)} fields, where the header has {len(names)} (truncated?)"
            raise InputError(place, problem, FETCH)
    return pd.DataFrame(rows, columns=names)[list(COLUMNS)]


def _numbers(place: str, texts: pd.Series, whole: bool) -> pd.Series:
    values = pd.to_numeric(texts, errors="coerce")
    good = np.isfinite(values) & ((values >= 0) & (values % 1 == 0) if whole else True)
    if not good.all():
        row = int((~good).argmax())
        kind = "a whole number of at least 0" if whole else "a number"
        problem = f"row {row + 2}, column {texts.name!r}: {texts[row]!r} is not {kind}"
        raise InputError(place, problem, FETCH)
    return values.astype(int if whole else float)
