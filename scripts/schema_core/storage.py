"""Moments in a file: arrays and JSON in an .npz, which is there whole or not at all."""

import json
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from schema_core.encoding import Block, Layout
from schema_core.errors import InvalidInput

if TYPE_CHECKING:
    from schema_core.moments import Moments

FORMAT = 2


def save(moments: "Moments", path: Path) -> None:
    """Write to a file beside ``path``, and rename it when it is on disk; on an error nothing is left of it."""
    layout, together = moments.layout, sparse.coo_array(sparse.triu(moments.together))
    described = {
        "format": FORMAT,
        "blocks": [[block.width, block.levels] for block in layout.blocks],
        "n_features": layout.n_features,
        "has_reference": layout.has_reference,
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
    """The attributes of the moments in a file."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            described = json.loads(str(stored["layout"]))
            if described["format"] != FORMAT:
                raise InvalidInput(
                    f"{path} has moments of format {described['format']}, not {FORMAT}; compute them again"
                )
            arrays = {name: stored[name] for name in stored.files}
        return _attributes(described, arrays)
    except InvalidInput:
        raise
    except (ValueError, KeyError, TypeError, IndexError, EOFError, AttributeError, zipfile.BadZipFile) as error:
        raise InvalidInput(f"{path} does not hold moments, or not all of them; compute them again") from error


def _attributes(described: dict, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    blocks = tuple(
        Block(width, None if levels is None else tuple(tuple(field) for field in levels))
        for width, levels in described["blocks"]
    )
    layout = Layout(blocks, described["n_features"], described["has_reference"])
    width = 1 + len(layout.owner) + len(layout.of_numbers)
    dense = np.zeros((width, width))
    dense[np.triu_indices(width)] = arrays["dense"]
    dense += np.triu(dense, 1).T
    upper = sparse.coo_array((arrays["counts"], tuple(arrays["levels"])), shape=(layout.n_levels,) * 2)
    together = sparse.csr_array(upper + sparse.triu(upper, 1).T)
    return {"layout": layout, "dense": dense, "together": together} | {
        name: arrays[name] for name in ("centre", "unit", "across")
    }
