"""scVI on ATAC counts summed over windows of the genome (paper: Methods, sci-CAR)."""

from sci_car.cells import load_cells, window_counts
from sci_car.deep import prepare, scvi_latent
from sci_car.embedding import save_embedding


def embed(out: str, cells: str, seed: int, *, windows: dict, epochs: int, patience: int) -> None:
    """The latent means. A cell with no count is placed by the prior."""
    prepare(seed)
    whole = load_cells(cells)
    counts, _ = window_counts(whole["atac"].X, whole["atac"].var, **windows)
    save_embedding(out, whole.obs_names, scvi_latent(counts, epochs=epochs, patience=patience))
