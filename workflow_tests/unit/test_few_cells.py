"""A part of the published data may be small: what a library cannot do with it is one line, or is done with less."""

import anndata
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from test_fly_analysis import COSTS, cells_of

from fly_brain.costs import cost_rows
from fly_brain.embed import embeddings
from fly_brain.genes import differential
from running import InputError
from sci_car.cells import together
from sci_car.genes import differential_expression
from sci_car.place import places
from sci_car.sensitivity import bases

N = 12
COUNTS = csr_matrix(np.random.default_rng(0).poisson(2, (N, 20)).astype(np.int32))
NAMES = pd.Index([f"cell{i}" for i in range(N)])


def a_table(**columns):
    """Cells with columns of obs and 4 components."""
    points = np.random.default_rng(1).normal(size=(N, 4))
    return anndata.AnnData(points, obs=pd.DataFrame(columns, index=NAMES), obsm={"rna_svd": points})


def test_cells_without_published_coordinates_are_placed_however_few():
    table = a_table(cell_type="x", tsne_1=np.nan, tsne_2=np.nan)
    found = places(table, seed=0)
    assert set(found["origin"]) == {"own"}
    assert np.isfinite(found[["x", "y"]].to_numpy()).all()


def a_comparison():
    """The first basis of the comparison of settings."""
    obs = pd.DataFrame({"cell_type": pd.Categorical(["x"] * N)}, index=NAMES)
    genes, peaks = (pd.DataFrame(index=[f"{kind}{i}" for i in range(20)]) for kind in "gp")
    grid = {"components": [15], "cells": ["all"], "rna": ["log"], "atac": ["counts"], "atac_components": 3}
    return next(bases(together(COUNTS, genes, COUNTS, peaks, obs), grid | {"scaling": ["none"]}))


ONE_OF_A_TYPE = pd.Series(["Proximal tubule S1", *["Podocyte"] * (N - 1)], index=NAMES)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (
            lambda: next(embeddings(a_table(), pd.DataFrame(), {}, "tsne", 30, 0)),
            "fly_brain.perplexity: 30 for 12 cells; lower it",
        ),
        (
            lambda: next(embeddings(a_table(), pd.DataFrame(), {}, "umap", 15, 0)),
            "fly_brain.neighbours: 15 for 12 cells; lower it",
        ),
        (
            lambda: next(cost_rows(a_table(annotation="17"), pd.DataFrame(), {}, settings=COSTS, seed=0)),
            "the metadata of the cells: column 'annotation' has 1 types for 12 cells",
        ),
        (
            lambda: differential(cells_of(COUNTS.toarray(), age=[50, *[0] * (N - 1)]), "t-test"),
            "the cells after preprocessing: only one is 50 days old, and a test needs two",
        ),
        (a_comparison, "12 cells, where the comparison of settings needs more than its 15 components"),
        (
            lambda: differential_expression(
                anndata.AnnData(COUNTS.astype(float), obs=pd.DataFrame(index=NAMES)), ONE_OF_A_TYPE
            ),
            "no type of the proximal tubule has two",
        ),
    ],
)
def test_too_few_cells_are_one_line(step, words):
    with pytest.raises(InputError) as caught:
        step()
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_type_of_one_cell_is_left_out_of_the_tests():
    labels = pd.Series(["Proximal tubule S1", *["Proximal tubule S3"] * 5, *["Podocyte"] * (N - 6)], index=NAMES)
    found = differential_expression(anndata.AnnData(COUNTS.astype(float), obs=pd.DataFrame(index=NAMES)), labels)
    assert set(found["cell_type"]) == {"Proximal tubule S3"}
