"""What is planted in the demo: most of it is found, and a truth that is not there is not."""

import importlib
import json

import anndata
import numpy as np
import pandas as pd
import pytest

from evaluation.planted import COLUMNS
from running import read_table

LEAST = {  # effects found
    "tcr": 6,
    "sci_car": 7,
    "slide_seq": 5,
    "fly_brain": 5,
    "dentate_gyrus": 4,
    "gastrulation": 9,
    "a549": 6,
    "sketching": 5,
}
DATASETS = {part: part for part in LEAST if part != "sketching"} | {"tcr": "tcr_10x"}


@pytest.fixture(scope="module")
def planted(demo_run):
    return {part: read_table(demo_run / "planted" / f"{part}.tsv", text=True) for part in LEAST}


def test_every_part_has_effects_and_finds_most(planted):
    assert sum(map(len, planted.values())) >= 20
    for part, table in planted.items():
        assert list(table.columns) == COLUMNS
        assert table["effect"].is_unique
        assert (table["recovered"] == "yes").sum() >= LEAST[part], table.to_string()
        assert ((table["reason"] != "") == (table["recovered"] == "no")).all()
        assert (table.drop(columns="reason") != "").all(axis=None)


def swapped(part: str, truth: dict) -> dict:
    """The truth with what was planted given to others."""
    if part == "tcr":
        residues = list(truth["residue_preference"])
        turned = dict(zip(residues, reversed(truth["residue_preference"].values()), strict=True))
        ends = {chain: values[::-1] for chain, values in truth["specificity"].items()}
        return truth | {"residue_preference": turned, "specificity": ends}
    if part == "sci_car":
        term = truth["programme_terms"][0]
        of_types = dict.fromkeys(truth["subtype_terms"], term)
        own = truth["marker_terms"]["Endothelial cells"]
        return truth | {"subtype_terms": of_types, "marker_terms": dict.fromkeys(truth["marker_terms"], own)}
    if part == "slide_seq":
        programs = truth["programs"]
        return truth | {
            "programs": programs | {"dense granule": programs["cluster 6"], "cluster 6": programs["dense granule"]}
        }
    if part == "dentate_gyrus":
        times = np.random.default_rng(0).permutation(list(truth["time"].values()))
        return truth | {"time": dict(zip(truth["time"], times, strict=True))}
    if part == "a549":  # genes that follow those of programmes, and promoters far from their genes
        last = sum(map(len, truth["programmes"]))
        others = [[f"ENSG{last + 2 * i + k:011d}" for k in (1, 2)] for i in range(40)]
        return truth | {"programmes": others, "promoter": [-20_000_000, -10_000_000]}
    markers = list(truth["markers"].values())
    if part == "gastrulation":
        nothing = dict(zip(("both", "early", "late"), markers, strict=True))
        return truth | nothing | {"batch": truth["early"] + truth["late"]}
    swaps = {"early": markers[0] + markers[1], "late": markers[2] + markers[3]}
    return truth | swaps | {"markers": {"any": truth["early"] + truth["late"]}}


def rows(part: str, truth: dict, run) -> pd.DataFrame:
    """The effects that hang on which genes, locations, amino acids or times were planted."""
    module, folder = importlib.import_module(f"{part}.planted"), run / part
    if part == "tcr":
        tables = [read_table(folder / f"{name}.tsv") for name in ("location_profiles", "residue_profiles")]
        motifs = [read_table(folder / "vdjdb" / "2020-05-18" / f"{name}.tsv") for name in ("locations", "residues")]
        found = [*module.of_locations(truth, tables[0], 10), *module.of_residues(truth, tables[1])]
        found += module.of_motifs(truth, *motifs)
    elif part == "sci_car":
        found = module.of_genes(
            truth, *(read_table(folder / f"{name}.tsv") for name in ("genes", "expressed", "terms"))
        )
    elif part == "slide_seq":
        rankings, terms = pd.read_parquet(folder / "rankings.parquet"), read_table(folder / "terms.tsv")
        found = [row for row in module.of_genes(truth, rankings, terms, 100) if not row["effect"].startswith("GO:")]
    elif part == "dentate_gyrus":
        cells = anndata.read_h5ad(folder / "cells.h5ad")
        velocity = pd.read_parquet(folder / "velocity.parquet").set_index("cell")
        found = module.effects(truth, cells, velocity, read_table(folder / "weights.tsv"))
        found = [row for row in found if "other cells" not in row["effect"]]  # that hangs on no time
    elif part == "a549":
        names = ("genes", "places", "weights")
        genes, places, weights = (read_table(folder / f"{name}.tsv") for name in names)
        shown = {"min_correlation": 0.5, "max_weight_ratio": 5}
        found = module.of_truth(truth, genes, places, module.shown_weights(weights, shown))
    elif part == "gastrulation":
        found = module.of_genes(truth, read_table(folder / "genes.tsv"), 0.9)
        found = [row for row in found if not row["effect"].startswith("Without")]  # a difference of two, without a test
    else:
        names = ("gene_ranking", "gene_profile", "gene_overlap")
        found = module.of_genes(truth, *(read_table(folder / "text" / f"{name}.tsv") for name in names))
        found = [row for row in found if "by itself" not in row["effect"]]  # that hangs on no list of genes
    return pd.DataFrame(found)


@pytest.mark.parametrize("part", DATASETS)
def test_a_truth_that_is_not_there_is_not_found(demo_run, part):
    truth = json.loads((demo_run / "sources" / DATASETS[part] / "truth.json").read_text())
    assert (rows(part, truth, demo_run)["recovered"] == "yes").sum() >= 3
    wrong = rows(part, swapped(part, truth), demo_run)
    assert (wrong["recovered"] == "no").all(), wrong.to_string()
