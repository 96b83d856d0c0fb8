"""scVI on one modality: RNA counts, or ATAC counts summed over windows of the genome (paper: Methods, sci-CAR)."""

from baselines.deep import prepare, scvi_latent
from sci_car.cells import load_cells, window_counts
from sci_car.embedding import save_embedding


def embed(out: str, cells: str, seed: int, *, epochs: int, patience: int, windows: dict | None = None) -> None:
    """The latent means of ATAC in ``windows``, or without these of RNA. A cell with no count is placed by the prior."""
    prepare(seed)
    whole = load_cells(cells)
    counts = window_counts(whole["atac"].X, whole["atac"].var, **windows)[0] if windows else whole["rna"].X
    save_embedding(out, whole.obs_names, scvi_latent(counts, epochs=epochs, patience=patience))
