"""What the config asks of one's own cells, in full; nothing here reads more than the number of rows."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

LABELS, BATCH, PRIMARY = "own_labels", "own_batch", "primary"  # where cells.h5ad has them
METHODS = {
    "primary": "use_rep alone",
    "modality": "other modalities alone",
    "schema": "Schema",
    "schema_shuffled": "Schema, shuffled cells",
    "cca": "CCA",
    "mofa": "MOFA+",
}
SIMULATED_MODALITIES = {
    "age": {"values": "obs/age", "kind": "numeric"},
    "cell_type": {"values": "obs/cell_type", "kind": "categorical"},
    "protein": {"values": "obsm/protein", "kind": "vector"},
}


def in_full(modalities: Mapping[str, Any]) -> list[dict]:
    """Each modality as {name, values, kind, weight, representation}: a string is the name of its table.

    kind and representation are None where the data decide.
    """
    given = {name: {"values": one} if isinstance(one, str) else dict(one) for name, one in modalities.items()}
    return [{"name": name, "kind": None, "weight": 1.0, "representation": None} | one for name, one in given.items()]


def rows_of_file(path: str) -> int:
    """How many cells an .h5ad has; 0 where it is another file, or cannot be read, which the first step then says.

    Rows of an .h5ad alone are dealt out to jobs: MuData and zarr stores are read by one.
    """
    import h5py

    try:
        with h5py.File(Path(path).expanduser(), "r") as file:
            return len(file["obs"][file["obs"].attrs["_index"]]) if "mod" not in file else 0
    except (OSError, KeyError, TypeError, AttributeError):
        return 0
