"""totalVI on RNA counts and a second modality: ATAC counts summed over windows of the genome, or one made of RNA.

The second one is less noisy than ATAC (paper: Methods, sci-CAR).
"""

import numpy as np
from scipy import sparse

from baselines.deep import prepare, totalvi_latent
from sci_car.cells import load_cells, window_counts
from sci_car.embedding import save_embedding


def synthetic_modality(
    rna: sparse.csr_matrix, *, features: int, genes: int, dropped: float, rng: np.random.Generator
) -> np.ndarray:
    """Counts (n, features): each feature the sum of ``genes`` random genes, then a share ``dropped`` set to 0."""
    chosen = np.stack([rng.choice(rna.shape[1], genes, replace=False) for _ in range(features)])
    places = (chosen.ravel(), np.repeat(np.arange(features), genes))
    sums = (rna @ sparse.csr_matrix((np.ones(features * genes), places), shape=(rna.shape[1], features))).toarray()
    sums[rng.random(sums.shape) < dropped] = 0
    return sums


def embed(
    out: str,
    cells: str,
    seed: int,
    *,
    epochs: int,
    patience: int,
    windows: dict | None = None,
    synthetic: dict | None = None,
) -> None:
    """The latent means, with ATAC in ``windows`` or, where its settings are given, with a ``synthetic`` modality."""
    prepare(seed)
    whole = load_cells(cells)
    if synthetic:
        second = synthetic_modality(whole["rna"].X, **synthetic, rng=np.random.default_rng(seed))
    else:
        second = window_counts(whole["atac"].X, whole["atac"].var, **windows)[0].toarray()
    points = totalvi_latent(whole["rna"].X, second, epochs=epochs, patience=patience)
    save_embedding(out, whole.obs_names, points)
