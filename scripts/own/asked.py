"""What the config asks of one's own cells, in full; nothing here reads more than the number of rows."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LABELS, BATCH, PRIMARY, LOADINGS = "own_labels", "own_batch", "primary", "loadings"  # where cells.h5ad has them
METHODS = {
    "primary": "use_rep alone",
    "modality": "other modalities alone",
    "schema": "Schema",
    "schema_shuffled": "Schema, shuffled cells",
    "cca": "CCA",
    "mofa": "MOFA+",
    "totalvi": "totalVI",
    "multivi": "MultiVI",
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


def rows_of_file(path: str, use_rep: str) -> int:
    """How many cells a table has; 0 where the file cannot be read, which the first step then says."""
    import h5py

    place, modality = Path(path).expanduser(), use_rep.rpartition(":")[0]
    try:
        if place.is_dir():
            return _rows_of_store(place / "mod" / modality if modality else place)
        with h5py.File(place, "r") as file:
            obs = file[f"mod/{modality}/obs" if modality else "obs"]
            return len(obs[obs.attrs["_index"]])
    except (OSError, KeyError, TypeError, AttributeError, ValueError):
        return 0


def _rows_of_store(place: Path) -> int:
    """Of a zarr store, from its metadata of either format."""
    for attributes, array in ((".zattrs", ".zarray"), ("zarr.json", "zarr.json")):
        if (place / "obs" / attributes).exists():
            held = json.loads((place / "obs" / attributes).read_text(encoding="utf-8"))
            name = held.get("attributes", held)["_index"]
            return int(json.loads((place / "obs" / name / array).read_text(encoding="utf-8"))["shape"][0])
    return 0
