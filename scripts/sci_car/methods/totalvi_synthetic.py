"""totalVI on RNA counts and a second modality made of them, less noisy than ATAC (paper: Methods, sci-CAR)."""

import numpy as np
from scipy import sparse

from sci_car.cells import load_cells
from sci_car.deep import prepare, totalvi_latent
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


def embed(out: str, cells: str, seed: int, *, synthetic: dict, epochs: int, patience: int) -> None:
    """The latent means."""
    prepare(seed)
    whole = load_cells(cells)
    second = synthetic_modality(whole["rna"].X, **synthetic, rng=np.random.default_rng(seed))
    points = totalvi_latent(whole["rna"].X, second, epochs=epochs, patience=patience)
    save_embedding(out, whole.obs_names, points)
