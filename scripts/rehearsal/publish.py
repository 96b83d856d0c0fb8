"""Write the publishers' files at their own sizes, or at a fraction of them, each data set with its planted truth."""

import logging
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import bioframe

from a549.simulate.sources import Sizes as A549Sizes
from a549.simulate.sources import simulate as write_a549
from dentate_gyrus.simulate.sources import simulate as write_dentate_gyrus
from fly_brain.simulate.sources import simulate as write_fly_brain
from gastrulation.simulate.sources import simulate as write_gastrulation
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
    "dentate_gyrus": {"cells": (2_930, 300), "genes": (13_913, 600)},
    "gastrulation": {
        "cells": (16_152, 720),
        "all_cells": (139_331, 1_000),
        "genes": (29_452, 400),
        "of_kind": (1_000, 25),
        "depth": (4_300, 3_000),
    },
    "a549": {
        "rna_cells": (6_093, 156),
        "atac_cells": (6_085, 156),
        "joint": (4_825, 144),
        "others": (804, 24),
        "genes": (113_153, 320),
        "placed": (14_000, 300),
        "starts": (18_549, 750),
        "peaks": (189_603, 3_005),
        "rna_draws": (2_600, 1_800),
        "other_draws": (300, 1),
        "atac_draws": (1_570, 1_202),
    },
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


def dentate_gyrus(folder: Path, seed: int, fraction: float, config: dict[str, Any]) -> None:
    """The cells, as scVelo serves them."""
    paths = folder / "dentate_gyrus/10X43_1.h5ad", folder / "dentate_gyrus/truth.json"
    write_dentate_gyrus(*paths, seed, config["simulate"]["dentate_gyrus"] | sizes("dentate_gyrus", fraction))


def gastrulation(folder: Path, seed: int, fraction: float, config: dict[str, Any]) -> None:
    """The atlas' archive."""
    asked = sizes("gastrulation", fraction)
    further = {name: asked.pop(name) for name in ("of_kind", "all_cells")}
    paths = folder / "gastrulation/atlas_data.tar.gz", folder / "gastrulation/truth.json"
    write_gastrulation(*paths, seed, asked, **further)


def a549(folder: Path, seed: int, fraction: float, config: dict[str, Any]) -> None:
    """The six files of the cell line, its domains, and starts of transcription."""
    lengths = bioframe.assembly_info("hg19").chromsizes.drop(["chrY", "chrM"])
    write_a549(folder, seed, A549Sizes(**sizes("a549", fraction)), lengths.rename(lambda name: name[3:]).to_dict())


WRITERS: dict[str, Callable[[Path, int, float, dict[str, Any]], None]] = {
    one.__name__: one for one in (tcr_10x, sci_car, slide_seq, fly_brain, gene_sets, dentate_gyrus, gastrulation, a549)
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
