"""MultiVI (Ashuach et al. 2023), which the paper does not have: made for RNA and open chromatin of the same cells."""

import mudata
import numpy as np
import scvi

from sci_car.cells import load_cells
from sci_car.deep import latent, prepare
from sci_car.embedding import save_embedding


def embed(out: str, cells: str, seed: int, *, multivi_peaks: int, epochs: int) -> None:
    """The latent means, from all genes and the ``multivi_peaks`` peaks that are open in most cells.

    It stops early after 50 epochs without progress, which scvi-tools does not let a caller set.
    """
    prepare(seed)
    whole = load_cells(cells)
    most_open = np.sort(np.argsort(-whole["atac"].X.getnnz(axis=0), kind="stable")[:multivi_peaks])
    with mudata.set_options(pull_on_update=False):
        both = mudata.MuData({"rna": whole["rna"].copy(), "atac": whole["atac"][:, most_open].copy()})
    for modality in both.mod.values():
        modality.X = modality.X.astype(np.float32)
    scvi.model.MULTIVI.setup_mudata(both, modalities={"rna_layer": "rna", "atac_layer": "atac"})
    model = scvi.model.MULTIVI(both, n_genes=both["rna"].n_vars, n_regions=both["atac"].n_vars)
    save_embedding(out, whole.obs_names, latent(model, epochs=epochs, patience=None))
