"""Moments in a file: arrays and JSON in an .npz, which is there whole or not at all."""

import json
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from schema_core.errors import InvalidInput
from schema_core.layout import Block, Layout

if TYPE_CHECKING:
    from schema_core.moments import Moments

FORMAT = 3


def save(moments: "Moments", path: Path) -> None:
    """Write to a file beside ``path``, and rename it when it is on disk; on an error nothing is left of it."""
    arrays: dict[str, Any] = _arrays(moments)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            np.savez_compressed(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def load(path: Path) -> dict[str, Any]:
    """The attributes of the moments in a file, those of ``partial`` likewise."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
            found = json.loads(str(arrays["layout"]))["format"]
        if found != FORMAT:
            raise InvalidInput(f"{path} has moments of format {found}, not {FORMAT}; compute them again")
        return _attributes(arrays)
    except InvalidInput:
        raise
    except (ValueError, KeyError, TypeError, IndexError, EOFError, AttributeError, zipfile.BadZipFile) as error:
        raise InvalidInput(f"{path} does not hold moments, or not all of them; compute them again") from error


def _arrays(moments: "Moments", prefix: str = "") -> dict[str, np.ndarray]:
    """What is written: of moments, and with the number of the modality before the name, of each in ``partial``."""
    layout, together = moments.layout, sparse.coo_array(sparse.triu(moments.together))
    described = {
        "format": FORMAT,
        "blocks": [[block.width, block.levels] for block in layout.blocks],
        "n_features": layout.n_features,
        "has_reference": layout.has_reference,
        "partial": list(moments.partial),
    }
    arrays = {
        "layout": np.array(json.dumps(described)),
        "centre": moments.centre,
        "unit": moments.unit,
        "dense": moments.dense[np.triu_indices(len(moments.dense))],
        "across": moments.across,
        "levels": np.stack([together.row, together.col]),
        "counts": together.data,
    }
    arrays = {f"{prefix}{name}": array for name, array in arrays.items()}
    for j, one in moments.partial.items():
        arrays |= _arrays(one, f"{j}.")
    return arrays


def _attributes(arrays: dict[str, np.ndarray], prefix: str = "") -> dict[str, Any]:
    described = json.loads(str(arrays[f"{prefix}layout"]))
    one = {name: arrays[f"{prefix}{name}"] for name in ("centre", "unit", "dense", "across", "levels", "counts")}
    blocks = tuple(
        Block(width, None if levels is None else tuple(tuple(field) for field in levels))
        for width, levels in described["blocks"]
    )
    layout = Layout(blocks, described["n_features"], described["has_reference"])
    width = 1 + len(layout.owner) + len(layout.of_numbers)
    dense = np.zeros((width, width))
    dense[np.triu_indices(width)] = one["dense"]
    dense += np.triu(dense, 1).T
    upper = sparse.coo_array((one["counts"], tuple(one["levels"])), shape=(layout.n_levels,) * 2)
    together = sparse.csr_array(upper + sparse.triu(upper, 1).T)
    plain = {name: one[name] for name in ("centre", "unit", "across")}
    partial = {j: _attributes(arrays, f"{j}.") for j in described["partial"]}
    return {"layout": layout, "dense": dense, "together": together, "partial": partial} | plain
