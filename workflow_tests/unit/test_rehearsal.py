"""The rehearsal of the full run: sizes, publishers on this machine, what each rule took, and a small one as a whole."""

import json
import tarfile

import pandas as pd
import pytest
import requests
import yaml
from anndata import read_h5ad
from conftest import REPOSITORY

from a549.simulate.sources import CONTIG_PEAKS
from configuration.strict_yaml import read_yaml
from formats.matrix_market import read_counts
from gastrulation.simulate.truth import plant
from rehearsal.costs import by_job, by_rule
from rehearsal.publish import WHOLE, WRITERS, sizes
from rehearsal.serve import serving
from sources.registry import load_registry


def test_sizes_are_the_published_ones_and_hold_what_is_planted():
    registry = load_registry()
    kidney, flies = registry["sci_car"].files, registry["fly_brain"].files
    whole = sizes("sci_car")
    assert kidney["GSM3271044_RNA_mouse_kidney_gene_count.txt.gz"].shape == (whole["genes"], whole["rna_cells"])
    assert kidney["GSM3271045_ATAC_mouse_kidney_peak_count.txt.gz"].shape == (whole["peaks"], whole["atac_cells"])
    matrix = next(file.members["matrix.mtx"] for file in flies.values() if file.members)
    assert matrix.shape == tuple(sizes("fly_brain")[name] for name in ("genes", "cells"))
    puck = registry.file("slide_seq", "Puck_180430_1.tar.gz").members["MappedDGEForR.csv"]
    assert puck.shape == tuple(sizes("slide_seq")[name] for name in ("genes", "beads"))
    archive = registry.file("gastrulation", "atlas_data.tar.gz").members["raw_counts.mtx"]
    assert archive.shape == tuple(sizes("gastrulation")[name] for name in ("genes", "all_cells"))
    cells = registry.file("dentate_gyrus", "10X43_1.h5ad")
    assert cells.shape == tuple(sizes("dentate_gyrus")[name] for name in ("cells", "genes"))
    whole = sizes("a549")
    for name, shape in shapes_of_a549(whole).items():
        assert registry.file("a549", name).shape[: len(shape)] == shape, name
    donors = [file.shape[0] for file in registry["tcr_10x"].files.values()]
    assert list(sizes("tcr_10x").values()) == donors
    for dataset, of_whole in WHOLE.items():
        assert sizes(dataset, 0.0) == {name: least for name, (_, least) in of_whole.items()}
        assert all(sizes(dataset, 0.5)[name] <= whole for name, (whole, _) in of_whole.items())


@pytest.mark.parametrize("fraction", [0.0, 0.01, 0.02, 0.05, 0.1, 0.3, 0.5, 1.0])
def test_parts_of_a_size_fit_into_the_whole_at_any_fraction(fraction):
    a549, embryos = sizes("a549", fraction), sizes("gastrulation", fraction)
    assert a549["others"] < a549["joint"] < min(a549["rna_cells"], a549["atac_cells"])
    assert a549["placed"] < min(a549["genes"], a549["starts"])
    assert 2 * a549["placed"] + CONTIG_PEAKS < a549["peaks"]
    assert embryos["cells"] < embryos["all_cells"]
    plant(0, list(range(embryos["genes"])), embryos["cells"], embryos["of_kind"])  # refuses what does not fit


def shapes_of_a549(whole):
    """Rows, and columns of the matrices, by file."""
    rna, atac = "GSM3271040_RNA_sciCAR_A549_", "GSM3271041_ATAC_sciCAR_A549_"
    return {
        f"{rna}cell.txt.gz": (whole["rna_cells"],),
        f"{rna}gene.txt.gz": (whole["genes"],),
        f"{rna}gene_count.txt.gz": (whole["genes"], whole["rna_cells"]),
        f"{atac}cell.txt.gz": (whole["atac_cells"],),
        f"{atac}peak.txt.gz": (whole["peaks"],),
        f"{atac}peak_count.txt.gz": (whole["peaks"], whole["atac_cells"]),
        "GREATv4.genes.hg19.tsv.gz": (whole["starts"],),
    }


@pytest.mark.parametrize("dataset", ["dentate_gyrus", "gastrulation", "a549"])
def test_files_have_the_sizes_that_were_asked_for(tmp_path, dataset):
    (tmp_path / dataset).mkdir()
    WRITERS[dataset](tmp_path, 0, 0.021, read_yaml(REPOSITORY / "config/config.yaml"))
    asked, files = sizes(dataset, 0.021), {path.name: path for path in (tmp_path / dataset).iterdir()}
    other_build = "GREATv4.genes.hg38.tsv.gz"
    known = {name for name, one in load_registry()[dataset].files.items() if not one.stand_in} - {other_build}
    assert set(files) == known | {"truth.json"}
    if dataset == "dentate_gyrus":
        assert read_h5ad(files["10X43_1.h5ad"]).shape == (asked["cells"], asked["genes"])
    elif dataset == "gastrulation":
        with tarfile.open(files["atlas_data.tar.gz"]) as archive:
            counts = read_counts(archive.extractfile("atlas/raw_counts.mtx"), name="counts")
        assert counts.shape == (asked["all_cells"], asked["genes"])
    else:
        for name, shape in shapes_of_a549(asked).items():
            if len(shape) == 2:
                assert read_counts(files[name]).shape == shape[::-1], name
            else:
                table = pd.read_csv(files[name], sep="\t" if name.startswith("GREAT") else ",")
                assert len(table) == shape[0], name
                assert table.iloc[:, 0].is_unique
                assert "peak" not in table or table["peak"].is_unique


@pytest.fixture
def published(tmp_path):
    """One file of a simulated data set, and one of a real one."""
    for name in ("toy/a.csv", "toy/truth.json", "real/b.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


REGISTRY = {
    "toy": {
        "access": "open",
        "files": {
            "a.csv": {"addresses": ["https://a.b/get/?acc=1&file=a%5Fx"], "sha256": "0" * 64, "bytes": 3, "note": "n"},
            "gone.csv": {"addresses": ["https://a.b/gone.csv"]},
            "hand.csv": {"shape": [1, 2]},
        },
    },
    "real": {"access": "open", "files": {"b.csv": {"addresses": ["https://c.d/e/b.csv"], "md5": "0" * 32}}},
}


def test_files_are_served_under_the_publishers_own_paths(published):
    with serving(published, REGISTRY) as served:
        (address,) = served["toy"]["files"]["a.csv"]["addresses"]
        assert address.endswith("/get/?acc=1&file=a%5Fx")
        assert requests.get(address, timeout=5).text == "toy/a.csv"
        assert requests.head(address, timeout=5).headers["Content-Length"] == "9"
        (gone,) = served["toy"]["files"]["gone.csv"]["addresses"]
        assert requests.get(gone, timeout=5).status_code == 404
        (truth,) = served["toy"]["files"]["truth.json"]["addresses"]
        assert requests.get(truth, timeout=5).text == "toy/truth.json"
        assert requests.get(served["real"]["files"]["b.csv"]["addresses"][0], timeout=5).text == "real/b.csv"


def test_what_is_known_of_the_published_file_is_not_said_of_a_simulated_one(published):
    with serving(published, REGISTRY) as served:
        assert set(served["toy"]["files"]["a.csv"]) == {"addresses", "note", "stand_in"}
        assert served["toy"]["files"]["hand.csv"] == {"stand_in": True}
        assert served["real"]["files"]["b.csv"]["md5"] == "0" * 32
        assert "truth.json" not in served["real"]["files"]
    assert "stand_in" not in REGISTRY["toy"]["files"]["a.csv"]


def test_the_registry_of_a_rehearsal_is_a_registry(tmp_path):
    with serving(tmp_path, read_yaml(REPOSITORY / "config/datasets.yaml")) as served:
        (tmp_path / "datasets.yaml").write_text(yaml.safe_dump(served))
    addresses = [
        one
        for data in load_registry(tmp_path / "datasets.yaml").values()
        for f in data.files.values()
        for one in f.addresses
    ]
    assert addresses
    assert all(address.startswith("http://127.0.0.1:") for address in addresses)


def test_what_each_rule_took(tmp_path):
    used = {"a1": (10.0, 5.0, 100.0), "a2": (30.0, 20.0, 50.0), "b": (1.0, 40.0, 300.0)}
    for name, (seconds, cpu, peak) in used.items():
        usage = {"seconds": seconds, "cpu_seconds": cpu, "peak_mb": peak, "input_mb": 1 / 3, "software": {}}
        (tmp_path / f"{name}.json").write_text(json.dumps(usage))
    jobs = [{"rule": n[0], "wildcards": {"number": n[1:]}, "threads": 1, "usage": f"{n}.json"} for n in used]
    jobs += [{"rule": "fetch", "wildcards": {}, "threads": 1, "usage": None}]
    each = by_job(jobs, tmp_path)
    assert each.iloc[1].tolist() == ["a", '{"number": "2"}', 1, 0.333, 30.0, 20.0, 50.0]
    table = by_rule(each).set_index("rule")
    assert list(table.index) == ["b", "a", "all rules"]
    assert table.loc["a"].to_dict() == {
        "jobs": 2, "seconds": 40.0, "longest": 30.0, "cpu_seconds": 25.0, "peak_mb": 100.0, "threads": 1,
    }  # fmt: skip
    assert table.loc["all rules", ["jobs", "cpu_seconds", "peak_mb"]].tolist() == [3, 65.0, 300.0]
