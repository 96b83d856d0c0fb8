"""Choose the T cells of Figure 5, and lay out their chains one per row.

The paper says 62,858 cells and gives no filter. The filter here is the one its authors released; on the
complete files it keeps 70,965 cells. Its quantiles are taken over the cells of all donors together, before
any other step.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from formats.published import write_scope
from running import InputError, step, write_parquet, write_table
from tcr.chains import CHAINS, parse_chains
from tcr.read_donor import LIGANDS, MARKERS, PROTEINS, read_donor


def read_donors(
    paths: Sequence[Path | str], published: Mapping[str, Mapping] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the files of all donors into one table of cells and one of chains.

    cells: as ``read_donor`` gives them, the index 0..n-1 over all files, ``ligand`` over the 44 LIGANDS (NA for none or
    a negative control), ``attrs["binders"]`` those of all files. chains: ``cell`` (int, index of the cell),
    ``chain``, ``cdr3``. Raises InputError for a cell that two files hold, for a cell without any antibody count,
    and where no cell binds a ligand.

    published : what the registry says of each file, by its name
    """
    cells, chains, offset = [], [], 0
    for path in paths:
        donor = read_donor(path, (published or {}).get(Path(path).name))
        silent = (donor[list(MARKERS)].sum(axis=1) == 0).to_numpy()
        if silent.any():
            problem = (
                f"row {donor.index[silent.argmax()]}: all {len(MARKERS)} antibody counts are 0, so it has no levels"
            )
            raise InputError(path, problem, "remove the cell")
        parsed = parse_chains(donor["cdr3"], path)
        chains.append(parsed.assign(row=parsed["row"] + offset).rename(columns={"row": "cell"}))
        cells.append(donor)
        offset += len(donor)
    together = pd.concat(cells, ignore_index=True)
    together.attrs["binders"] = list(dict.fromkeys(name for one in cells for name in one.attrs["binders"]))
    together["ligand"] = together["ligand"].cat.set_categories(LIGANDS)
    _check_once(paths, cells, together)
    if together["ligand"].isna().all():
        problem = f"no cell binds any of the {len(LIGANDS)} ligands: their _binder columns hold no True"
        raise InputError(", ".join(map(str, paths)), problem, "use the published files of at least one donor")
    return together, pd.concat(chains, ignore_index=True)


def _check_once(paths: Sequence[Path | str], donors: Sequence[pd.DataFrame], cells: pd.DataFrame) -> None:
    """Key on (donor, barcode): the same barcode in two donors is two cells (386 of them as published)."""
    twice = cells.duplicated(["donor", "barcode"])
    if twice.any():
        last = int(twice.argmax())
        ends = np.cumsum([len(donor) for donor in donors])
        file = int(np.searchsorted(ends, last, side="right"))
        row = donors[file].index[last - ends[file]]
        problem = f"row {row}: barcode {cells.loc[last, 'barcode']!r} of donor {cells.loc[last, 'donor']} is in an"
        raise InputError(paths[file], f"{problem} earlier file too", "name each donor's file once")


def marker_levels(counts: pd.DataFrame) -> pd.DataFrame:
    """log2(1 + 1e6 * count / sum of the cell's counts), float64, same shape; a cell's sum must not be 0."""
    counts = counts.astype(float)
    return np.log2(1 + 1e6 * counts.div(counts.sum(axis=1), axis=0))


def filter_cells(
    levels: pd.DataFrame,
    ligand: pd.Series,
    chains: pd.DataFrame,
    *,
    quantile: float,
    markers: Sequence[str],
    both_chains: bool,
    binder: bool,
) -> np.ndarray:
    """Say which of n cells to keep, (n,) boolean. The released settings: 0.975, CD19, CD4, CD14, True, True.

    A cell is kept if its level is below, not at, the ``quantile`` of all n cells for each of ``markers``; if
    it has a TRA and a TRB chain (``both_chains``); and if it binds one of the 44 ligands (``binder``).

    levels: (n, markers), index 0..n-1; ligand: (n,), NA for none; chains: ``cell`` (index of a cell),
    ``chain``.
    """
    keep = (levels[list(markers)] < levels[list(markers)].quantile(quantile)).all(axis=1).to_numpy()
    if both_chains:
        for chain in CHAINS:
            keep &= levels.index.isin(chains.loc[chains["chain"] == chain, "cell"])
    if binder:
        keep &= ligand.notna().to_numpy()
    if not keep.any():
        setting = f"{quantile=}, markers={list(markers)}, {both_chains=}, {binder=}"
        raise InputError("the filter of T cells", f"none of {len(keep)} cells passes {setting}", "loosen it")
    return keep


def lay_out(
    cells: pd.DataFrame, levels: pd.DataFrame, chains: pd.DataFrame, keep: np.ndarray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Number the kept cells 0..m-1; give the tables of these cells and of their chains.

    Cells: cell, donor, barcode, ligand, levels. Chains: cell, donor, ligand, chain, cdr3; a cell with several
    chains of a kind gives a row for each.
    """
    kept = pd.concat([cells[["donor", "barcode", "ligand"]], levels], axis=1)[keep].reset_index(names="was")
    kept.insert(0, "cell", np.arange(len(kept)))
    of_kept = kept[["was", "cell", "donor", "ligand"]].merge(
        chains.rename(columns={"cell": "was"}), on="was", validate="one_to_many"
    )
    return kept.drop(columns="was"), of_kept.drop(columns="was")


PANELS = {"marker": MARKERS, "protein": PROTEINS}
LONG = 20  # residues: the paper truncates longer sequences, "less than 0.2% of our dataset"


def summarise(cells: pd.DataFrame, chains: pd.DataFrame, keep: np.ndarray) -> pd.DataFrame:
    """Describe all cells of the files, and the kept ones.

    ``cells``: donor, ligand (n rows); ``chains``: cell (int, a row of ``cells``), chain, cdr3; ``keep`` (n,) boolean;
    ``cells.attrs["binders"]`` names the columns of calls that were read. Returns tidy rows ``quantity, chain,
    group, value``. A quantity ends ``_in_files`` or ``_kept``: cells, ligands, chains, mean_length (residues),
    longer_than_20 (share of sequences). ``chain`` is TRA, TRB or empty; ``group`` is "all" or a donor ("donor1").
    Of the columns that were read: ligand_columns, negative_control_columns (of dextramers), marker_columns (of
    antibodies), protein_columns (of these, those that are no isotype control).
    """
    controls = sum(name.endswith("_NC_binder") for name in cells.attrs["binders"])
    counts = {"ligand": len(cells.attrs["binders"]) - controls, "negative_control": controls}
    counts |= {name: len(cells.columns.intersection(panel)) for name, panel in PANELS.items()}
    rows = [(f"{name}_columns", "", "all", count) for name, count in counts.items()]
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


if __name__ == "__main__":
    with step(snakemake) as log:
        inputs, outputs, params = snakemake.input, snakemake.output, snakemake.params
        cells, chains = read_donors(inputs.donors, params.published)
        levels = marker_levels(cells[list(MARKERS)])
        settings = {name: params[name] for name in ("quantile", "markers", "both_chains", "binder")}
        keep = filter_cells(levels, cells["ligand"], chains, **settings)
        log.info("kept %d of %d cells", keep.sum(), len(keep))
        kept, kept_chains = lay_out(cells, levels, chains, keep)
        write_parquet(kept, outputs.cells, index=False)
        write_parquet(kept_chains, outputs.chains, index=False)
        write_table(summarise(cells, chains, keep), outputs.summary, digits=10)
        write_scope(outputs.scope)
