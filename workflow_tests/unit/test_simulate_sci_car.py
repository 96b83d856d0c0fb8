"""The simulator of sci-CAR: GEO's formats, repeatable, calibrated, and the planted truth can be found."""

import gzip
import json
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from conftest import REPOSITORY
from scipy.sparse import csr_matrix
from scipy.stats import ttest_ind
from sklearn.metrics import adjusted_rand_score

from baselines.normalise import NORMALISATIONS
from configuration.strict_yaml import read_yaml
from evaluation.enrichment import enrich
from evaluation.leiden import leiden, neighbour_graph
from gene_sets.simulate import draw_sets
from schema_core import Modality, Schema
from sci_car.preprocess import FILES, preprocess
from sci_car.reduce import svd
from sci_car.simulate.sources import ATAC, RNA, simulate

NAMES = (f"{RNA}cell", f"{RNA}gene", f"{RNA}gene_count", f"{ATAC}cell", f"{ATAC}peak", f"{ATAC}peak_count")
CONFIG = read_yaml(REPOSITORY / "config" / "config.yaml")["sci_car"]
SETTINGS = CONFIG["filter"] | {"windows": CONFIG["windows"]}
SETS = draw_sets(1000, np.random.default_rng([0, 9]))
TUBULE = ["Proximal tubule S1/S2 cells", "Proximal tubule S3 cells (type 1)", "Proximal tubule S3 cells (type 2)"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return folder / "sci_car", simulate(folder, seed=0)


@pytest.fixture(scope="module")
def table(demo):
    return {
        name: pd.read_csv(demo[0] / f"{name}.txt.gz", keep_default_na=False)
        for name in NAMES
        if not name.endswith("count")
    }


@pytest.fixture(scope="module")
def joined(demo):
    files = {key: demo[0] / f"{name}.txt.gz" for key, name in zip(FILES, NAMES, strict=True)}
    return preprocess(files, SETTINGS)


@pytest.fixture(scope="module")
def spaces(joined):
    """Levels of the RNA (700, 800), SVDs of RNA (700, 30) and ATAC (700, 20) as in the demo, labels ("" for none)."""
    cells = joined[0]
    levels, peaks = NORMALISATIONS["log"](cells["rna"].X), NORMALISATIONS["counts"](cells["atac"].X)
    labels = cells.obs["cell_type"].astype(object).fillna("").to_numpy()
    return levels.toarray(), svd(levels, 30).transform(levels), svd(peaks, 20).transform(peaks), labels


def agreement(points, labels, among=None):
    """Median ARI of Leiden clusters over seeds, of labelled cells."""
    chosen = (labels != "") if among is None else np.isin(labels, among)
    graph = neighbour_graph(points, 15)
    return np.median([adjusted_rand_score(labels[chosen], leiden(graph, seed=s)[chosen]) for s in range(3)])


def test_same_arguments_same_bytes(tmp_path):
    contents = []
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        simulate(tmp_path / name, seed, cells=210)
        contents.append({path.name: path.read_bytes() for path in (tmp_path / name).rglob("*.*")})
    assert set(contents[0]) == {"truth.json", *(f"{name}.txt.gz" for name in NAMES)}
    assert contents[0] == contents[1]
    assert all(contents[0][name] != contents[2][name] for name in contents[0])


def test_files_have_geos_form(demo, table):
    headers = ["sample,source,replicate,experiment,tsne_1,tsne_2,cell_name", "gene_id,gene_type,gene_short_name"]
    headers += ["sample,replicate", "id,peak,chr,start,end"]
    assert [",".join(frame.columns) for frame in table.values()] == headers
    for counts, (rows, columns) in zip((2, 5), ((1, 0), (4, 3)), strict=True):
        with gzip.open(demo[0] / f"{NAMES[counts]}.txt.gz", "rt") as file:
            assert file.readline() == "%%MatrixMarket matrix coordinate integer general\n"
            sizes = file.readline().split()
            assert sizes[:2] == [str(len(table[NAMES[rows]])), str(len(table[NAMES[columns]]))]
            assert int(sizes[2]) == sum(1 for _ in file)


def test_files_hold_what_a_reader_must_see_through(table, joined):
    cells, genes, peaks = (table[NAMES[i]] for i in (0, 1, 4))
    names = set(cells["cell_name"])
    assert {"Collecting  duct  principal  cells", "Proximal tubule S3 cells (type 2) ", "NA"} < names
    assert 0.15 < (cells["cell_name"] == "NA").mean() < 0.3
    assert ((cells["tsne_1"] == "NA") == (cells["cell_name"] == "NA")).all()
    assert genes["gene_id"].str.fullmatch(r"ENSMUSG\d{11}\.\d+").all()
    coding = genes.loc[genes["gene_type"] == "protein_coding", "gene_short_name"]
    assert sorted(set(coding)) == [f"Gene{number:04d}" for number in range(1, 801)]
    assert coding[coding.duplicated()].tolist() in (["Gene0030", "Gene0440"], ["Gene0440", "Gene0030"])
    assert genes["gene_type"].nunique() == 4
    assert {"chr2_98662037_98662942", "chr2_98666206_98667501"} < set(peaks["peak"])
    assert peaks["chr"].str.contains("GL").sum() == 12
    found = joined[1].set_index("quantity")["value"]
    assert found[["cells_joint", "cells_in_rna", "cells_in_atac"]].tolist() == [700, 861, 830]
    assert found[["genes_of_types", "gene_symbols", "peaks_artefacts", "cell_types"]].tolist() == [802, 800, 2, 9]


def test_depth_and_sparsity_are_those_of_the_real_subset(joined):
    found = joined[1].set_index("quantity")["value"]
    assert found["rna_counts_per_cell"] == pytest.approx(561, rel=0.15)
    assert found["peaks_per_cell"] == pytest.approx(17, rel=0.25)
    assert found["atac_count_share_of_artefacts"] == pytest.approx(0.93, abs=0.03)
    assert found["cells_without_peaks"] <= 4


def test_schema_finds_more_of_the_types_than_rna_and_than_atac(spaces):
    _, rna, atac, labels = spaces
    alone = agreement(rna, labels)
    assert 0.35 < alone < 0.65
    assert agreement(atac, labels) < alone - 0.1
    both = Schema(min_correlation=0.99).fit(rna, [Modality(atac, "vector")]).transform(rna)
    assert agreement(both, labels) > alone + 0.03
    assert agreement(both, labels, TUBULE) > agreement(rna, labels, TUBULE) + 0.1


def test_atac_distances_follow_types_and_programmes_do_not(demo, joined, spaces):
    levels, _, atac, labels = spaces
    genes = joined[0]["rna"].var_names
    pairs = np.random.default_rng(0).choice(np.flatnonzero(np.isin(labels, TUBULE)), (2, 50_000))
    first, second = pairs[:, pairs[0] != pairs[1]]
    distance = ((atac[first] - atac[second]) ** 2).sum(axis=1)
    assert np.corrcoef(distance, labels[first] != labels[second])[0, 1] > 0.05
    for term in demo[1].programme_terms:
        programme = levels[:, genes.isin(SETS[term].genes)].mean(axis=1)
        assert np.corrcoef(distance, (programme[first] - programme[second]) ** 2)[0, 1] < 0.04


@pytest.mark.parametrize("kind", TUBULE[:2])
def test_genes_that_tell_the_tubule_apart_are_the_planted_block(demo, joined, spaces, kind):
    levels, _, _, labels = spaces
    rest = np.isin(labels, TUBULE) & (labels != kind)
    t = ttest_ind(levels[labels == kind], levels[rest]).statistic
    genes = joined[0]["rna"].var_names
    table = enrich(genes[np.argsort(-t)[:50]], genes, SETS, min_size=10, max_size=500)
    assert table["term"][0] == demo[1].subtype_terms[kind]
    assert table["q"][0] < 1e-10
    assert table["q"][1] > 0.01


def test_genes_that_schema_weights_up_are_of_the_tubule_and_not_of_a_programme(demo, joined, spaces):
    levels, rna, atac, _ = spaces
    weights = Schema(min_correlation=0.99).fit(rna, [Modality(atac, "vector")]).weights_
    loadings = svd(csr_matrix(levels), 30).components_
    genes = joined[0]["rna"].var_names
    table = enrich(genes[np.argsort(-((weights - 1) @ loadings**2))[:60]], genes, SETS, min_size=10, max_size=500)
    assert table["term"][0] in {demo[1].marker_terms[TUBULE[0]], *demo[1].subtype_terms.values()}
    assert table["q"][0] < 0.01
    assert (table.set_index("term")["q"][demo[1].programme_terms] > 0.05).all()


def test_truth_is_written_beside_the_files(demo):
    folder, truth = demo
    assert json.loads((folder / "truth.json").read_text()) == asdict(truth)
    assert sum(truth.type_share.values()) == pytest.approx(1)
    peaks = [peak for own in truth.own_peaks.values() for peak in own]
    assert len(peaks) == len(set(peaks)) == 9 * 80
    terms = [*truth.subtype_terms.values(), *truth.programme_terms, *set(truth.marker_terms.values())]
    assert len(terms) == len(set(terms))
    assert set(terms) < set(SETS)
