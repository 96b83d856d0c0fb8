"""Count what the filter saw and what it kept: the cells, ligands, chains and lengths that the paper gives."""

import numpy as np
import pandas as pd

LONG = 20  # residues: the paper truncates longer sequences, "less than 0.2% of our dataset"


def summarise(cells: pd.DataFrame, chains: pd.DataFrame, keep: np.ndarray) -> pd.DataFrame:
    """Describe all cells of the files, and the kept ones.

    ``cells``: donor, ligand (n rows); ``chains``: cell (int, a row of ``cells``), chain, cdr3; ``keep`` (n,)
    boolean. Returns tidy rows ``quantity, chain, group, value``. A quantity ends ``_in_files`` or ``_kept``:
    cells, ligands, chains, mean_length (residues), longer_than_20 (share of sequences). ``chain`` is TRA, TRB
    or empty; ``group`` is "all" or a donor ("donor1").
    """
    rows = []
    for suffix, chosen in (("in_files", np.ones_like(keep)), ("kept", keep)):
        for group in ("all", *sorted(cells["donor"].unique())):
            members = chosen if group == "all" else chosen & (cells["donor"] == group).to_numpy()
            name = "all" if group == "all" else f"donor{group}"
            rows.append((f"cells_{suffix}", "", name, members.sum()))
            rows.append((f"ligands_{suffix}", "", name, cells["ligand"][members].nunique()))
            of_members = chains[members[chains["cell"].to_numpy()]]
            for chain, sequences in of_members.groupby("chain")["cdr3"]:
                length = sequences.str.len()
                rows.append((f"chains_{suffix}", chain, name, len(length)))
                rows.append((f"mean_length_{suffix}", chain, name, length.mean()))
                rows.append((f"longer_than_{LONG}_{suffix}", chain, name, (length > LONG).mean()))
    return pd.DataFrame(rows, columns=["quantity", "chain", "group", "value"])
