"""Write the publishers' files at their own sizes, or at a fraction of them, each data set with its planted truth."""

import logging
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fly_brain.simulate.sources import simulate as write_fly_brain
from gene_sets.simulate import simulate as write_gene_sets
from rehearsal.kidney import write_files as write_kidney
from rehearsal.puck import simulate as write_puck
from slide_seq.simulate.truth import Truth, gene_names, program_genes
from tcr.simulate.sources import simulate as write_tcr

# By data set what grows with the fraction: its whole, which is as published, and the least that holds what is planted.
WHOLE: dict[str, dict[str, tuple[int, int]]] = {
    "tcr_10x": {"1": (46_526, 900), "2": (77_854, 900), "3": (37_824, 900), "4": (27_308, 900)},
    "sci_car": {
        "genes": (49_584, 1_000),
        "coding": (21_973, 800),
        "rna_cells": (13_893, 861),
        "rna_draws": (1_000, 600),
        "peaks": (252_741, 2_500),
        "atac_cells": (13_395, 830),
        "atac_draws": (692, 20),
        "joint": (11_296, 700),
    },
    "slide_seq": {
        "beads": (24_847, 1_100),
        "genes": (18_906, 600),
        "kept_beads": (20_823, 962),
        "kept_genes": (17_607, 560),
    },
    "fly_brain": {"cells": (56_902, 2_400), "genes": (17_473, 1_500)},
    "gene_sets": {"genes": (21_973, 1_000)},
}
UMI = 100  # of the median bead

logger = logging.getLogger(__name__)


def sizes(dataset: str, fraction: float = 1.0) -> dict[str, int]:
    """The sizes of a data set at a fraction (0 to 1) of the published ones."""
    return {name: max(least, round(fraction * whole)) for name, (whole, least) in WHOLE[dataset].items()}


def tcr_10x(folder: Path, seed: int, fraction: float, config: dict[str, Any]) -> None:
    """Four donors, and the builds of VDJdb's motifs."""
    builds = [f"motif_pwms-{build}.txt" for build in ("2018-12-07", "2020-05-18", "2020-05-25")]
    write_tcr(folder, seed, list(sizes("tcr_10x", fraction).values()), builds)


def sci_car(folder: Path, seed: int, fraction: float, config: dict[str, Any]) -> None:
    """The six files of the kidney."""
    rna, atac = ("sci_car/GSM3271044_RNA_mouse_kidney_{}.txt.gz", "sci_car/GSM3271045_ATAC_mouse_kidney_{}.txt.gz")
    names = {"rna_cells": rna.format("cell"), "genes": rna.format("gene"), "rna_counts": rna.format("gene_count")}
    names |= {"atac_cells": atac.format("cell"), "peaks": atac.format("peak"), "atac_counts": atac.format("peak_count")}
    paths = {name: folder / file for name, file in names.items()}
    write_kidney(paths, sizes("sci_car", fraction), seed).write(folder / "sci_car/truth.json")


def slide_seq(folder: Path, seed: int, fraction: float, config: dict[str, Any]) -> None:
    """The pucks of the config: sections of one tissue."""
    measures, names = sizes("slide_seq", fraction), {}
    pucks = config["slide_seq"]["pucks"]
    clusters = {
        puck: write_puck(folder / f"slide_seq/Puck_{puck}.tar.gz", seed, umi=UMI, number=number, **measures)
        for number, puck in enumerate(pucks)
    }
    names = gene_names(measures["genes"])
    planted = {name: [names[i] for i in rows] for name, rows in program_genes(measures["genes"]).items()}
    Truth(seed, planted, clusters).write(folder / "slide_seq/truth.json")


def fly_brain(folder: Path, seed: int, fraction: float, config: dict[str, Any]) -> None:
    """The tarball and the metadata."""
    known = folder / "fly_brain/GSE107451_DGRP-551_w1118_WholeBrain_57k_"
    files = [f"{known}0d_1d_3d_6d_9d_15d_30d_50d_10X_DGEM_MEX.mtx.tsv.tar.gz", f"{known}Metadata.tsv.gz"]
    write_fly_brain(*files, seed, config["simulate"]["fly_brain"] | sizes("fly_brain", fraction))


def gene_sets(folder: Path, seed: int, fraction: float, config: dict[str, Any]) -> None:
    """The ontology, its annotations, and Reactome's sets."""
    write_gene_sets(folder, sizes("gene_sets", fraction)["genes"], seed)


WRITERS: dict[str, Callable[[Path, int, float, dict[str, Any]], None]] = {
    one.__name__: one for one in (tcr_10x, sci_car, slide_seq, fly_brain, gene_sets)
}


def publish(folder: Path, seed: int, fraction: float, config: dict[str, Any], mirror: Path | None = None) -> None:
    """Write all data sets below ``folder``, as <dataset>/<file>, each with its truth.json.

    mirror : where it has the four donors and the motifs, these are taken, whole and real, in place of simulated ones
    """
    datasets: Sequence[str] = list(WRITERS)
    if mirror and all((mirror / name).is_dir() for name in ("tcr_10x", "vdjdb")):
        datasets = [name for name in datasets if name != "tcr_10x"]
        for name in ("tcr_10x", "vdjdb"):
            shutil.copytree(mirror / name, folder / name, dirs_exist_ok=True)
    for name in datasets:
        logger.info("writing %s at %g of its size", name, fraction)
        for made in {"tcr_10x": ["tcr_10x", "vdjdb"], "gene_sets": ["gene_ontology", "reactome"]}.get(name, [name]):
            (folder / made).mkdir(parents=True, exist_ok=True)
        WRITERS[name](folder, seed, fraction, config)
