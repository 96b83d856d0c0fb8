"""The atlas' archive: the cells asked for are read, candidates are counted, what is wrong is one line."""

import gzip
import io
import tarfile

import numpy as np
import pandas as pd
import pytest

from gastrulation.candidates import candidates, in_words, stages_of
from gastrulation.filters import FILTERS
from gastrulation.load import normalise, read_archive
from gastrulation.simulate.sources import simulate
from running import InputError

SAMPLES = {"E6.5": [1, 5], "E7.0": [10, 14], "E7.25": [26, 27]}
WHOLE = "no doublets or stripped nuclei"
SETTINGS = {"cells": 240, "genes": 200, "depth": 500}


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    """The archive, its members by name, and the truth."""
    folder = tmp_path_factory.mktemp("gastrulation")
    truth = simulate(folder / "atlas_data.tar.gz", folder / "truth.json", 0, SETTINGS)
    with tarfile.open(folder / "atlas_data.tar.gz") as archive:
        members = {one.name: archive.extractfile(one).read() for one in archive}
    return folder / "atlas_data.tar.gz", members, truth


@pytest.fixture
def changed(simulated, tmp_path):
    """Write the archive again with other members; None leaves one out."""

    def write(**changes):
        names = {"genes": "genes.tsv", "barcodes": "barcodes.tsv", "matrix": "raw_counts.mtx", "meta": "meta.tab"}
        members = simulated[1] | {f"atlas/{names[key]}": value for key, value in changes.items()}
        with tarfile.open(tmp_path / "atlas_data.tar.gz", "w:gz", compresslevel=1) as archive:
            for name, content in members.items():
                if content is not None:
                    info = tarfile.TarInfo(name)
                    info.size = len(content)
                    archive.addfile(info, io.BytesIO(content))
        return tmp_path / "atlas_data.tar.gz"

    return write


def one_line(action, *words):
    with pytest.raises(InputError) as caught:
        action()
    message = str(caught.value)
    assert "\n" not in message
    assert [word for word in words if word not in message] == [], message


def test_equal_seeds_give_equal_bytes_and_others_do_not(simulated, tmp_path):
    for seed, same in ((0, True), (1, False)):
        simulate(tmp_path / f"{seed}.tar.gz", tmp_path / "truth.json", seed, SETTINGS)
        assert ((tmp_path / f"{seed}.tar.gz").read_bytes() == simulated[0].read_bytes()) == same


def test_the_cells_of_the_samples_are_read_as_they_stand_in_the_matrix(simulated):
    path, members, _ = simulated
    cells, _ = read_archive(path, SAMPLES, WHOLE)
    meta = pd.read_csv(io.BytesIO(members["atlas/meta.tab"]), sep="\t")
    asked = meta["sample"].isin([1, 5, 10, 14, 26, 27]) & meta["celltype"].notna()
    assert cells.obs_names.tolist() == meta.loc[asked, "cell"].tolist()
    assert cells.shape == (240, 200)
    entries = np.loadtxt(io.BytesIO(members["atlas/raw_counts.mtx"]), skiprows=2, dtype=int)
    whole = np.zeros((len(meta), 200), int)
    whole[entries[:, 1] - 1, entries[:, 0] - 1] = entries[:, 2]
    assert (cells.X.toarray() == whole[asked]).all()
    assert cells.obs.groupby("stage", observed=True)["age"].first().to_dict() == {"E6.5": 6.5, "E7.0": 7, "E7.25": 7.25}
    replicate = cells.obs.groupby("sample", observed=True)["replicate"].unique()
    assert [replicate[str(sample)].tolist() for sample in (1, 5, 10, 14, 26, 27)] == [[0], [1]] * 3


def test_every_choice_of_filter_and_samples_is_counted(simulated):
    path, members, truth = simulated
    found = read_archive(path, SAMPLES, WHOLE)[1]
    assert len(found) == len(FILTERS) * 3  # E7.0 has three samples
    planted = found[found["cells"] == truth.cells]
    assert planted[["filter", "analysed"]].to_numpy().tolist() == [[truth.filter, "yes"]]
    meta = pd.read_csv(io.BytesIO(members["atlas/meta.tab"]), sep="\t", dtype={"sample": str})
    row = found.query("filter == 'epiblast' and samples.str.contains('14 30')").iloc[0]
    chosen = meta["sample"].isin(["1", "5", "14", "30", "26", "27"]) & (meta["celltype"] == "Epiblast")
    assert row["cells"] == chosen.sum()
    by_filter = found.groupby("filter", sort=False)["cells"].max()
    assert by_filter.is_monotonic_decreasing
    assert stages_of(in_words(SAMPLES)) == {stage: list(map(str, pair)) for stage, pair in SAMPLES.items()}


def test_two_of_a_stage_do_not_hang_on_their_order(simulated):
    meta = pd.DataFrame({"stage": "E6.5", "sample": ["1", "5"], "doublet": False, "stripped": False, "celltype": "x"})
    assert candidates(meta, {"E6.5": [5, 1]}, "all cells")["analysed"].tolist() == ["yes", "no", "no", "no", "no"]


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        ({"E6.4": [1, 5], "E7.0": [10, 14]}, ["meta.tab: has no cell of the stage 'E6.4'", "['E6.5', 'E7.0'"]),
        (
            {"E6.5": [1, 9], "E7.0": [10, 14]},
            ["has no sample 9 of the stage 'E6.5'", "samples.E6.5 to two of ['1', '5']"],
        ),
        ({"E6.5": [1, 10], "E7.0": [10, 14]}, ["has no sample 10 of the stage 'E6.5', it is of E7.0"]),
    ],
)
def test_unknown_stages_and_samples_are_named(simulated, samples, words):
    one_line(lambda: read_archive(simulated[0], samples, WHOLE), *words)


@pytest.mark.parametrize("member", ["genes", "barcodes", "matrix", "meta"])
def test_an_archive_that_lacks_a_member_says_which(changed, member):
    path = changed(**{member: None})
    one_line(lambda: read_archive(path, SAMPLES, WHOLE), str(path), "holds no file", "but atlas/")


@pytest.mark.parametrize("share", [0.3, 0.97])
def test_an_archive_that_is_cut_off_is_one_line(simulated, tmp_path, share):
    path = tmp_path / "atlas_data.tar.gz"
    content = simulated[0].read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    one_line(lambda: read_archive(path, SAMPLES, WHOLE), str(path), "cannot be unpacked")


def test_a_table_of_commas_under_its_other_name_is_read_too(simulated, tmp_path, changed):
    path, members, _ = simulated
    table = pd.read_csv(io.BytesIO(members["atlas/meta.tab"]), sep="\t", keep_default_na=False)
    again = changed(meta=None)
    with gzip.open(again) as packed, tarfile.open(fileobj=packed) as archive:
        kept = {one.name: archive.extractfile(one).read() for one in archive}
    kept["atlas/meta.csv"] = table.to_csv(index=False).encode()
    with tarfile.open(again, "w:gz", compresslevel=1) as archive:
        for name, content in kept.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    assert (read_archive(again, SAMPLES, WHOLE)[0].X != read_archive(path, SAMPLES, WHOLE)[0].X).nnz == 0


META = {  # what is wrong with the table of cells: a change of its text, and what is said
    "a column is missing": (lambda text: text.replace("stripped", "nuclei", 1), "column 'stripped' is missing"),
    "a flag is none": (
        lambda text: text.replace("FALSE", "maybe", 1),
        "column 'doublet': 'maybe' is not True or False",
    ),
    "a row is cut off": (lambda text: text[: text.rstrip().rfind("\t")], "fields, where 7 are due"),
    "a cell comes twice": (
        lambda text: text.replace("cell_2\t", "cell_1\t", 1),
        "rows 2 and 3: the same cell, 'cell_1'",
    ),
    "a cell is missing": (lambda text: text[: text.rstrip().rfind("\n") + 1], "cells, where barcodes.tsv has"),
    "a stage is missing": (lambda text: text.replace("\tE6.5\t", "\tNA\t", 1), "column 'stage': 'NA' is not a name"),
    "it is empty": (lambda _: "", "the file is empty"),
    "it is a page": (lambda _: "<html></html>\n", "a page of HTML or XML"),
}


@pytest.mark.parametrize("fault", META)
def test_a_table_of_cells_that_is_wrong_is_one_line(simulated, changed, fault):
    change, words = META[fault]
    path = changed(meta=change(simulated[1]["atlas/meta.tab"].decode()).encode())
    one_line(lambda: read_archive(path, SAMPLES, WHOLE), "meta.tab", words)


def test_tables_that_are_not_the_matrix_s_are_refused(simulated, changed):
    members = simulated[1]
    rows = members["atlas/barcodes.tsv"].decode().splitlines()
    swapped = "\n".join([rows[1], rows[0], *rows[2:]]).encode() + b"\n"
    one_line(
        lambda: read_archive(changed(barcodes=swapped), SAMPLES, WHOLE),
        "row 2: has the cells of barcodes.tsv in another",
    )
    genes = members["atlas/genes.tsv"].decode().splitlines()
    fewer = "\n".join(genes[:-1]).encode()
    one_line(
        lambda: read_archive(changed(genes=fewer), SAMPLES, WHOLE), "raw_counts.mtx: line 2: announces 200 features"
    )
    twice = "\n".join([*genes[:-1], genes[0]]).encode()
    one_line(lambda: read_archive(changed(genes=twice), SAMPLES, WHOLE), "genes.tsv: rows 1 and 200: the same gene")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text[: len(text) // 2], "raw_counts.mtx"),
        (lambda text: text.replace("\n1 1 ", "\n1 1 0.", 1).replace("\n2 1 ", "\n2 1 0.", 1), "is not a count"),
        (lambda text: text + text.splitlines()[-1] + "\n", "holds more entries than"),
    ],
)
def test_a_matrix_that_is_wrong_is_one_line_also_in_cells_that_are_left_out(simulated, changed, change, words):
    path = changed(matrix=change(simulated[1]["atlas/raw_counts.mtx"].decode()).encode())
    one_line(lambda: read_archive(path, SAMPLES, WHOLE), words)


def test_a_filter_that_leaves_too_few_cells_is_named(simulated, changed):
    text = simulated[1]["atlas/meta.tab"].decode().replace("Epiblast", "Notochord")
    path = changed(meta=text.encode())
    one_line(lambda: read_archive(path, SAMPLES, "epiblast"), "leaves 0 cells of sample 1", "gastrulation.filter")


def test_genes_are_normalised_and_ranked_by_variance(simulated):
    counts, _ = read_archive(simulated[0], SAMPLES, WHOLE)
    cells = normalise(counts, 10)
    dense = counts[:, cells.var_names].X.toarray().astype(float)
    expected = np.log1p(1e4 * dense / dense.sum(axis=1, keepdims=True))
    assert np.allclose(cells.X.toarray(), expected, rtol=1e-5)
    assert cells.var["rank"].to_numpy()[expected.var(axis=0).argmax()] == 0
    one_line(lambda: normalise(counts, 1000), "gastrulation.min_cells", "0 of 200 genes are seen in 1000 of 240 cells")
