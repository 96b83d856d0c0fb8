"""Read a build of VDJdb's motifs, and refuse a file that the scores of ``vdjdb`` would misread.

A motif (``cid``) is a cluster of TCRs of one length that bind one epitope. Source: VDJdb's motif_pwms.txt, as its
repositories hold it or as a member of a release archive (Shugay et al. 2018).
"""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pandas as pd

from formats.archive import is_archive, member
from formats.kinds import NAME, NUMBER, WHOLE
from formats.tables import read_published
from running import InputError
from tcr.chains import AMINO_ACIDS, CHAINS

FILE = "motif_pwms.txt"
HUMAN = "HomoSapiens"
KINDS = dict.fromkeys(("cid", "species", "gene", "aa"), NAME) | dict.fromkeys(("pos", "len"), WHOLE)
KINDS |= dict.fromkeys(("I.norm", "height.I.norm"), NUMBER)
OTHER = "name another build at tcr.vdjdb in the config, or mend the row"


def read_motifs(source: Path | str, published: Mapping | None = None) -> pd.DataFrame:
    """Read the motifs from motif_pwms.txt, or from a release archive that holds it.

    Returns one row per residue seen in a position of a motif, human and other: cid, species, gene, aa (str), pos (int,
    0-based), len (int, residues), I.norm, height.I.norm (float). Columns are found by name, since their order and
    number differ between builds. Raises InputError where the file is not what the scores assume.

    published : what the registry says of a file that is no archive, see ``formats.published``
    """
    if is_archive(source):
        table = read_published(BytesIO(member(Path(source), FILE)), KINDS, name=f"{source}, {FILE}")
    else:
        table = read_published(source, KINDS, published=published)
    motifs = table.frame
    motif, place = motifs.groupby("cid"), motifs.groupby(["cid", "pos"])
    faults = {
        "column 'aa': {aa!r} is not one of the 20 amino acids": ~motifs["aa"].isin(list(AMINO_ACIDS)),
        "column 'pos': the positions of motif {cid!r} do not start at 0": motif["pos"].transform("min") != 0,
        "column 'pos': position {pos} of motif {cid!r} is not below its length {len}": motifs["pos"] >= motifs["len"],
        "column 'len': motif {cid!r} has several lengths": motif["len"].transform("nunique") > 1,
        "position {pos} of motif {cid!r} has residue {aa!r} twice": motifs.duplicated(["cid", "pos", "aa"]),
        "column 'I.norm': position {pos} of motif {cid!r} has several values": (
            place["I.norm"].transform("nunique") > 1
        ),
    }
    for problem, wrong in faults.items():
        table.refuse(wrong, problem, OTHER)
    for chain in CHAINS:
        if not ((motifs["species"] == HUMAN) & (motifs["gene"] == chain)).any():
            problem = f"no row with species {HUMAN!r} and gene {chain!r}, so nothing to compare with"
            raise InputError(table.name, problem, "name another build at tcr.vdjdb in the config")
    return motifs
