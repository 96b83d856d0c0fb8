"""Deep models by scvi-tools: scVI, totalVI and MultiVI, with seeds, early stopping, and progress in the log.

scvi-tools trains on a GPU where there is one. The paper used version 0.8.1, in which scVI's default was 400 epochs for
up to 20,000 cells.
"""

import logging
import time
from typing import Any

import anndata
import mudata
import numpy as np
import scvi
import torch
from lightning.pytorch.callbacks import Callback
from scipy import sparse

logger = logging.getLogger(__name__)

EVERY = 5  # epochs between two lines of progress


class Progress(Callback):
    """A line in the log every few epochs: how far, how good, and how long it can still take."""

    def on_train_start(self, trainer: Any, module: Any) -> None:
        """Start the clock, and say where it runs."""
        self.start = time.monotonic()
        logger.info("training for up to %d epochs on %s", trainer.max_epochs, name_of(module.device))

    def on_train_epoch_end(self, trainer: Any, module: Any) -> None:
        """Report."""
        done = trainer.current_epoch + 1
        if done % EVERY == 0 or done == trainer.max_epochs:
            left = (time.monotonic() - self.start) / done * (trainer.max_epochs - done)
            loss = float(trainer.callback_metrics.get("elbo_validation", np.nan))
            logger.info(
                "epoch %d of %d, validation ELBO %.1f, at most %.0f s left", done, trainer.max_epochs, loss, left
            )

    def on_train_end(self, trainer: Any, module: Any) -> None:
        """Say what it took."""
        logger.info("trained %d epochs in %.1f s", trainer.current_epoch, time.monotonic() - self.start)


def name_of(device: torch.device) -> str:
    """A device as people know it: the model of a GPU."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type


def prepare(seed: int) -> None:
    """Before a model is built: the same seed gives the same numbers on the same machine and number of threads."""
    scvi.settings.seed = seed
    logging.getLogger("lightning.pytorch").setLevel(logging.WARNING)
    logger.info("scvi-tools %s, torch %s, %d threads", scvi.__version__, torch.__version__, torch.get_num_threads())


def latent(model: Any, *, epochs: int, patience: int | None) -> np.ndarray:
    """Train a model, and return the latent means of its cells (n, d).

    Training ends after ``epochs``, or when the validation loss has not fallen for ``patience`` epochs (None: a number
    that the model sets itself).
    """
    early = {} if patience is None else {"early_stopping_patience": patience}
    model.train(
        max_epochs=epochs,
        early_stopping=True,
        check_val_every_n_epoch=1,
        enable_progress_bar=False,
        callbacks=[Progress()],
        **early,
    )
    return model.get_latent_representation()


def scvi_latent(counts: sparse.csr_matrix, **training: int) -> np.ndarray:
    """scVI (Lopez et al. 2018), with the package's defaults, on counts (n, features)."""
    table = anndata.AnnData(counts.astype(np.float32))
    scvi.model.SCVI.setup_anndata(table)
    return latent(scvi.model.SCVI(table), **training)


def totalvi_latent(
    rna: sparse.csr_matrix, second: np.ndarray, *, background: bool = False, **training: int
) -> np.ndarray:
    """TotalVI (Gayoso et al. 2021), the counts ``second`` (n, q) as surface proteins, or in their place.

    The package's defaults, but that the prior of the proteins' background is fitted to the data where ``background``
    says so alone: it assumes a background in each cell, which counts of open chromatin do not have.
    """
    table = anndata.AnnData(rna.astype(np.float32))
    table.obsm["second"] = np.asarray(second, dtype=np.float32)
    scvi.model.TOTALVI.setup_anndata(table, protein_expression_obsm_key="second")
    prior = {} if background else {"empirical_protein_background_prior": False}
    return latent(scvi.model.TOTALVI(table, **prior), **training)


def multivi_latent(rna: sparse.csr_matrix, peaks: sparse.csr_matrix, *, most_peaks: int, epochs: int) -> np.ndarray:
    """MultiVI (Ashuach et al. 2023) on all genes and the ``most_peaks`` peaks that are open in most cells.

    It stops early after 50 epochs without progress, which scvi-tools does not let a caller set.
    """
    most_open = np.sort(np.argsort(-peaks.getnnz(axis=0), kind="stable")[:most_peaks])
    held = {
        name: anndata.AnnData(one.astype(np.float32)) for name, one in (("rna", rna), ("atac", peaks[:, most_open]))
    }
    held["rna"].var_names, held["atac"].var_names = (
        [f"{name}{i}" for i in range(one.n_vars)] for name, one in held.items()
    )
    with mudata.set_options(pull_on_update=False):
        both = mudata.MuData(held)
    scvi.model.MULTIVI.setup_mudata(both, modalities={"rna_layer": "rna", "atac_layer": "atac"})
    model = scvi.model.MULTIVI(both, n_genes=both["rna"].n_vars, n_regions=both["atac"].n_vars)
    return latent(model, epochs=epochs, patience=None)
