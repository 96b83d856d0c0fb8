"""CDR3 sequences: the chains of a cell's field, arrays of residues, and the features that are made of them."""

import numpy as np
import pandas as pd

from running import InputError

AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"
CHAINS = ("TRA", "TRB")


def parse_chains(cdr3: pd.Series, file: object) -> pd.DataFrame:
    """Give one row per chain of the fields "TRA:CAV...F;TRB:CAS...F" of a donor's file.

    ``cdr3`` holds the file's cells in the file's order (n,), its index their rows there; a cell without a chain is an
    empty string. ``file`` is named in errors. Returns the columns ``row`` (int, position of the cell in 0..n-1),
    ``chain`` ("TRA" or "TRB") and ``cdr3`` (one-letter codes of the 20 amino acids), in the field's order. Raises
    InputError for anything else: the published files hold no stop codon (``*``), no frame shift (``_``) and
    no unknown residue (``X``).
    """
    fields = pd.Series(cdr3.to_numpy(), dtype=object)
    pieces = fields[fields != ""].str.split(";").explode()
    valid = pieces.str.fullmatch(f"({'|'.join(CHAINS)}):[{AMINO_ACIDS}]+")
    if not valid.all():
        bad = int((~valid).to_numpy().argmax())
        raise _explain(file, int(cdr3.index[pieces.index[bad]]), pieces.iloc[bad])
    return pd.DataFrame(
        {
            "row": pieces.index.to_numpy(),
            "chain": pieces.str[:3].to_numpy(),
            "cdr3": pieces.str[4:].to_numpy(),
        }
    )


def _explain(file: object, row: int, piece: str) -> InputError:
    chain, _, sequence = piece.partition(":")
    place = f"row {row}, column 'cell_clono_cdr3_aa': "
    if chain not in CHAINS:
        problem = f"{chain!r} is not one of the chains {' and '.join(CHAINS)}"
    elif not sequence:
        problem = f"the sequence of a {chain} chain is empty"
    else:
        letter = next(letter for letter in sequence if letter not in AMINO_ACIDS)
        problem = f"{letter!r} in {piece!r} is not one of the 20 amino acids {AMINO_ACIDS}"
    remedy = "write it as 'TRA:CAVF;TRB:CASF', or leave the cell out"
    return InputError(file, place + problem, remedy)


NULL = "-"


def residues_by_location(cdr3: pd.Series, width: int) -> np.ndarray:
    """The residue at each of the first ``width`` locations, (n, width) of ASCII codes; ``-`` past the end.

    (Paper: the i-th element is the 1-letter code at position i "or a null value if the sequence length was shorter".)
    """
    padded = cdr3.str.slice(0, width).str.ljust(width, NULL)
    return np.frombuffer("".join(padded).encode("ascii"), dtype=np.uint8).reshape(len(cdr3), width)


def residue_counts(locations: np.ndarray, first: int, last: int) -> np.ndarray:
    """How often each of the 20 residues stands at locations first..last (1-based, inclusive), (n, 20) float.

    ``locations`` is what :func:`residues_by_location` gives. For one location this is a Boolean vector.
    """
    window = locations[:, first - 1 : last]
    return np.stack([(window == ord(residue)).sum(axis=1) for residue in AMINO_ACIDS], axis=1).astype(float)


def position_entropy(locations: np.ndarray) -> np.ndarray:
    """Shannon entropy in nats of the residues at each location, (width,); null values count as a residue."""
    entropies = []
    for column in locations.T:
        share = np.unique(column, return_counts=True)[1] / len(column)
        entropies.append(-(share * np.log(share)).sum())
    return np.array(entropies)
