"""The published files: the numbers of cells, chains and motifs that the notes give for them."""

import pytest

from tcr.chains import AMINO_ACIDS
from tcr.preprocess import filter_cells, lay_out, marker_levels, read_donors, summarise
from tcr.read_donor import HEADER, MARKERS
from tcr.vdjdb import location_scores, motif_lengths, read_motifs, residue_scores

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def files(real_mirror):
    return sorted((real_mirror / "tcr_10x").glob("*_binarized_matrix.csv"))


def test_headers_are_the_one_we_know(files):
    assert len(files) == 4
    for path in files:
        with path.open() as file:
            assert tuple(file.readline().rstrip("\n").split(",")) == HEADER


def test_the_released_filter_keeps_70965_cells(files):
    cells, chains = read_donors(files)
    assert len(cells) == 189_512
    assert set("".join(chains["cdr3"])) == set(AMINO_ACIDS)
    levels = marker_levels(cells[list(MARKERS)])
    settings = {"quantile": 0.975, "markers": ["CD19", "CD4", "CD14"], "both_chains": True, "binder": True}
    keep = filter_cells(levels, cells["ligand"], chains, **settings)
    kept, of_kept = lay_out(cells, levels, chains, keep)
    assert len(kept) == 70_965
    assert kept["donor"].value_counts().to_dict() == {1: 11_748, 2: 32_960, 3: 22_230, 4: 4_027}
    assert of_kept["chain"].value_counts().to_dict() == {"TRA": 77_765, "TRB": 75_543}

    summary = summarise(cells, chains, keep).query("group == 'all'").set_index(["quantity", "chain"])["value"]
    expected = {
        ("cells_in_files", ""): 189_512,
        ("ligands_in_files", ""): 40,  # of 44: four are bound by no cell
        ("ligands_kept", ""): 40,
        ("chains_in_files", "TRA"): 180_610,
        ("chains_in_files", "TRB"): 194_237,
    }
    assert {key: summary[key] for key in expected} == expected
    lengths = {
        ("mean_length_in_files", "TRA"): 13.5034,
        ("mean_length_in_files", "TRB"): 14.5205,
        ("mean_length_kept", "TRA"): 13.4447,
        ("mean_length_kept", "TRB"): 14.2805,
        ("longer_than_20_in_files", "TRB"): 0.0022,
        ("longer_than_20_kept", "TRB"): 0.0016,
    }
    assert {key: summary[key] for key in lengths} == pytest.approx(lengths, abs=5e-5)


@pytest.mark.parametrize(
    ("build", "rows", "motifs", "last"),
    [
        ("2018-12-07", 4_578, [53, 97], [11.679, 12.649]),
        ("2020-05-18", 12_136, [290, 168], [11.876, 12.476]),
        ("2020-05-25", 12_717, [306, 177], [11.899, 12.492]),
    ],
)
def test_motifs_of_each_build(real_mirror, build, rows, motifs, last):
    table = read_motifs(real_mirror / "vdjdb" / f"motif_pwms-{build}.txt")
    assert len(table) == rows
    lengths = motif_lengths(table)
    assert lengths["motifs"].tolist() == motifs
    assert lengths["mean_last_position"].tolist() == pytest.approx(last, abs=5e-4)
    assert location_scores(table, "TRB")["score"][0] < 1e-3  # location 1 is always C
    assert location_scores(table, "TRB")["score"].idxmax() in (4, 5)
    assert residue_scores(table, {"TRA": (3, 7), "TRB": (5, 11)})["score"].notna().all()
