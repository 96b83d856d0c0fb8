"""scVI on the RNA counts (paper: Methods, sci-CAR)."""

from sci_car.cells import load_cells
from sci_car.deep import prepare, scvi_latent
from sci_car.embedding import save_embedding


def embed(out: str, cells: str, seed: int, *, epochs: int, patience: int) -> None:
    """The latent means."""
    prepare(seed)
    whole = load_cells(cells)
    save_embedding(out, whole.obs_names, scvi_latent(whole["rna"].X, epochs=epochs, patience=patience))
