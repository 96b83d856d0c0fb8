"""The real files of the fly brain that are at hand: the counts of 56 neurons, and the metadata of 56,875 cells."""

import numpy as np
import pandas as pd
import pytest
from conftest import REPOSITORY
from scipy.stats import spearmanr

from configuration.strict_yaml import read_yaml
from fly_brain.load import read_mex
from fly_brain.preprocess import preprocess

pytestmark = pytest.mark.real
SIMULATED = read_yaml(REPOSITORY / "config" / "config.yaml")["simulate"]["fly_brain"]


@pytest.fixture(scope="module")
def neurons(real_mirror):
    return read_mex(real_mirror / "fly_brain" / "neurons56_MEX.tar.gz")


@pytest.fixture(scope="module")
def metadata(real_mirror):
    return pd.read_csv(real_mirror / "fly_brain" / "cell_metadata_56875.csv.gz")


def test_counts_of_56_neurons(neurons):
    assert neurons.shape == (56, 17_473)
    assert neurons.X.nnz == 100_918
    assert neurons.X.sum() == 506_599
    assert set(neurons.obs["line"]) == {"DGRP-551", "w1118"}
    assert set(neurons.obs["age"]) == {"0", "1", "3", "6", "9", "15", "30", "50"}


def test_every_gene_has_its_symbol_and_one_is_nan(neurons):
    symbols = neurons.var["symbol"]
    assert symbols.notna().all()
    assert (symbols == "nan").sum() == 1
    assert {"Rm62", "CG5010", "IscU", "RpL22", "RpL23A"} <= set(symbols)  # the paper's


def test_the_counts_are_those_that_the_metadata_sum(neurons, metadata):
    known = metadata.set_index("barcode").loc[neurons.obs_names]
    over = np.asarray(neurons.X.sum(axis=1)).ravel() - known["total_counts"].to_numpy()
    assert set(over) <= {0, 1, 2, 3}  # the metadata lack up to three molecules of a cell
    assert np.diff(neurons.X.indptr).tolist() == known["n_genes"].tolist()
    assert neurons.obs["age"].astype(int).tolist() == known["age"].tolist()


def test_real_counts_are_normalised(neurons):
    cells = neurons.copy()
    cells.obs = cells.obs.assign(neuron=True, total_counts=np.asarray(cells.X.sum(axis=1)).ravel())
    found = preprocess(cells, which="neurons", normalise="log", min_cells=2)
    assert found.n_vars < cells.n_vars
    assert np.expm1(found.X.toarray()).sum(axis=1).max() <= 10_000 * (1 + 1e-4)


def test_the_simulators_composition_and_depth_are_the_published_ones(metadata):
    by = metadata.groupby(["genotype", "age"])["total_counts"].agg(["size", "median"])
    for line in ("DGRP-551", "w1118"):
        of_line = by.loc[line].reindex(SIMULATED["ages"])
        assert of_line["size"].fillna(0).tolist() == SIMULATED["composition"][line]
        known = of_line["median"].notna().to_numpy()
        assert np.array(SIMULATED["depth"][line])[known] == pytest.approx(of_line["median"][known], abs=1)
    spread = np.log(metadata["total_counts"]).groupby([metadata["genotype"], metadata["age"]]).std()
    assert spread.median() == pytest.approx(SIMULATED["depth_sd"], abs=0.03)


def test_the_depth_of_a_cell_alone_follows_age_more_than_the_papers_pseudotimes_do(metadata):
    """The paper prints 0.365 (RNA), 0.405 and 0.436 (Schema); old cells simply hold fewer molecules."""
    line = metadata[metadata["genotype"] == "DGRP-551"]
    assert len(line) == 29_137
    assert -spearmanr(line["total_counts"], line["age"]).statistic == pytest.approx(0.5304, abs=5e-5)
    other = metadata[metadata["genotype"] == "w1118"]
    assert -spearmanr(other["total_counts"], other["age"]).statistic == pytest.approx(0.3464, abs=5e-5)
    assert -spearmanr(metadata["total_counts"], metadata["age"]).statistic == pytest.approx(0.4621, abs=5e-5)
