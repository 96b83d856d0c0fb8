"""MultiVI (Ashuach et al. 2023), which the paper does not have: made for RNA and open chromatin of the same cells."""

from baselines.deep import multivi_latent, prepare
from sci_car.cells import load_cells
from sci_car.embedding import save_embedding


def embed(out: str, cells: str, seed: int, *, multivi_peaks: int, epochs: int) -> None:
    """The latent means, from all genes and the ``multivi_peaks`` peaks that are open in most cells."""
    prepare(seed)
    whole = load_cells(cells)
    points = multivi_latent(whole["rna"].X, whole["atac"].X, most_peaks=multivi_peaks, epochs=epochs)
    save_embedding(out, whole.obs_names, points)
