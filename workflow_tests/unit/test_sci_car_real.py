"""The sci-CAR files at hand, read as they are: 4,753 of the 11,296 joint cells, variable genes and peaks."""

import pytest
from conftest import REPOSITORY

from configuration.strict_yaml import read_yaml
from evaluation.enrichment import enrich
from formats.gmt import read_gmt
from sci_car.preprocess import FILES, preprocess
from sci_car.simulate.sources import ATAC, RNA

pytestmark = pytest.mark.real
NAMES = (f"{RNA}cell", f"{RNA}gene", f"{RNA}gene_count", f"{ATAC}cell", f"{ATAC}peak", f"{ATAC}peak_count")


@pytest.fixture(scope="module")
def joined(real_mirror):
    files = {key: real_mirror / "sci_car" / f"{name}.txt.gz" for key, name in zip(FILES, NAMES, strict=True)}
    settings = read_yaml(REPOSITORY / "config" / "config.yaml")["sci_car"]
    return preprocess(files, settings["filter"] | {"windows": settings["windows"]})


def test_what_was_kept(joined):
    found = joined[1].set_index("quantity")["value"]
    kept = found[["cells_joint", "cells_labelled", "cell_types", "genes", "peaks_on_chromosomes", "peaks_artefacts"]]
    assert kept.tolist() == [4753, 4753, 14, 5000, 9996, 2]
    assert found["cells_without_peaks"] == 4
    assert found["atac_count_share_of_artefacts"] == pytest.approx(0.933, abs=1e-3)


def test_labels_are_cleaned(joined):
    counts = joined[0].obs["cell_type"].value_counts()
    assert counts["Proximal tubule S1/S2 cells"] == 1315
    assert counts["Collecting duct intercalated cell A"] == 113
    assert not counts.index.str.contains("  ").any()


def test_counts_are_those_of_the_file(joined):
    assert joined[0]["rna"].X.nnz == 855_557
    assert joined[0]["rna"].X.sum() == pytest.approx(4753 * 560.7707, abs=1)


def test_gene_sets_know_its_genes(joined, real_mirror):
    genes = joined[0]["rna"].var_names
    sets = read_gmt(real_mirror / "gene_sets" / "mouse_GO_2020-08.gmt")
    assert len(sets) == 7049
    chosen = [gene for gene in genes if gene in sets["GO:0006814"].genes]  # sodium ion transport
    table = enrich(chosen, genes, sets, min_size=10, max_size=500)
    assert table["term"][0] == "GO:0006814"
    assert len(table) > 1000
    gmt = real_mirror / "gene_sets" / "mouse_Reactome_2024.gmt"
    reactome = enrich(chosen, genes, gmt, min_size=10, max_size=500)
    assert 0 < len(reactome) < 999
