"""From the files of A549 to genes with features: a sample small enough to check by hand, and every fault."""

import re

import numpy as np
import pandas as pd
import pytest
from a549_files import GENES, contents, settings, write

from a549.places import at_starts
from a549.preprocess import preprocess
from running import InputError


@pytest.fixture
def given():
    return contents()


@pytest.fixture
def run(given, tmp_path):
    """Preprocess the contents as they stand now."""
    return lambda **changes: preprocess(write(given, tmp_path / "files"), settings(**changes))


def test_genes_have_the_mean_of_their_peaks_and_their_expression(given, run):
    genes, places, summary = run()
    assert genes.shape == (GENES, 25)
    atac = given["atac_counts"][::-1][:10]  # the ATAC table has the cells the other way round
    accessibility = np.log2(1 + 1e6 * atac / atac.sum(axis=1, keepdims=True)).mean(axis=0)
    crossing = genes[:, "crossing the TSS"].X.ravel()
    np.testing.assert_allclose(crossing, accessibility / accessibility.std(), rtol=1e-12)
    rna = given["rna_counts"][:10]
    expected = np.log2(1 + 1e6 * rna / rna.sum(axis=1, keepdims=True)).T
    np.testing.assert_allclose(genes.obsm["expression"].toarray(), expected, rtol=1e-12)
    assert sorted(genes.obs["variability"]) == list(range(1, GENES + 1))
    assert places["gene"].tolist() == [f"ENSG{i:011d}" for i in range(0, GENES, 2)]
    assert places["tad"].tolist() == list(range(GENES // 2))
    counts = summary.set_index("quantity")["value"]
    assert counts[["cells", "genes_with_tss", "genes_in_tads", "peaks_at_tss"]].tolist() == [10, GENES, GENES // 2, 1]


def test_quartiles_are_of_equal_size_and_the_first_varies_most(given, run):
    given["rna_counts"][::2, :10] *= 2
    given["rna_counts"][1::2, :10] = 0
    obs = run(quartiles=4)[0].obs
    assert obs["quartile"].value_counts().tolist() == [10] * 4
    assert obs["variability"][:10].mean() < obs["variability"][10:].mean() - 10
    assert obs.groupby("quartile")["variability"].max().tolist() == [10, 20, 30, 40]


def test_a_kernel_is_summed_over_its_peaks_by_the_genes_strand(given, run):
    given["tss"].loc[0, "STRAND"] = "-"
    given["peaks"].loc[1, ["peak", "start", "end"]] = ["moved", 5_000_300, 5_000_400]  # 300 bp from the first TSS
    first = run()[0].to_df().iloc[0]
    assert first["0-500 bp upstream"] > 0 == first["0-500 bp downstream"]
    given["tss"].loc[0, "STRAND"] = "+"
    first = run()[0].to_df().iloc[0]
    assert first["0-500 bp downstream"] > 0 == first["0-500 bp upstream"]


def test_genes_go_by_identifier_and_else_by_their_symbol(given, run):
    given["genes"].loc[:9, "gene_id"] = [f"G{i}" for i in range(10)]
    given["tss"].loc[0, "#Gene_IDs"] = "ENSG00000000000,ENSG00000999999"  # one place of two identifiers
    given["tss"].loc[1, "#Gene_IDs"] = None  # one without any
    given["genes"].loc[20, "gene_id"] = "ENSMUSG00000000020.1"  # of mouse: its symbol is no place of ours
    genes = run()[0]
    assert genes.n_obs == GENES - 1
    assert genes.obs_names[:10].tolist() == [f"G{i}" for i in range(10)]


def test_a_symbol_or_a_gene_of_several_places_has_none(given, run):
    given["genes"].loc[:1, "gene_id"] = ["G0", "G1"]
    given["tss"].loc[2, "Symbol"] = "G0"
    given["tss"] = pd.concat([given["tss"], given["tss"].iloc[[5]].assign(POS=9_999_999)])
    assert set(range(GENES)) - set(run()[0].obs["symbol"].str[1:].astype(int)) == {0, 5}


def test_library_sizes_count_where_the_matrix_holds_a_part(given, run, tmp_path):
    sizes = pd.DataFrame({"sample": [f"c{i}" for i in range(12)], "rna_total": 1000, "atac_total": 2000})

    def with_sizes():
        sizes.to_csv(tmp_path / "sizes.csv", index=False)
        files = write(given, tmp_path / "files") | {"library_sizes": tmp_path / "sizes.csv"}
        return preprocess(files, settings())[0]

    expected = np.log2(1 + 1e3 * given["rna_counts"][:10]).T
    np.testing.assert_allclose(with_sizes().obsm["expression"].toarray(), expected, rtol=1e-12)
    sizes.loc[3, "rna_total"] = 2
    with pytest.raises(InputError, match=r"rna_total of cell 'c3' is below its counts in the matrix"):
        with_sizes()
    sizes.drop(index=3, inplace=True)  # noqa: PD002
    with pytest.raises(InputError, match=r"cell 'c3' is missing; give the sizes of all cells"):
        with_sizes()


FAULTS = {  # table, row, column, value, what is said of it
    "a domain ends before it starts": ("tads", 2, "end", 100, r"row 2, the domain from 6500000 to 100 does not end"),
    "a domain is empty": ("tads", 0, "end", 4_500_000, "does not end after it starts"),
    "a domain of another build": ("tads", 38, "end", 48_200_000,
        r"row 20: 48200000 is past the end of chr21, which has "
        "48129895 bp in hg19; 1 of 20 rows are; the file is of another build: correct a549.builds"),
    "a domain with no number": ("tads", 0, "start", "1e6x", "row 1, column 'start': '1e6x' is not a whole number"),
    "a domain twice": ("tads", 2, ["start", "end"], [4_500_000, 5_500_000], "rows 1 and 2: the same end of a domain"),
    "domains of another species": ("tads", slice(None), "chr", "2L",
        "no row is on a chromosome of hg19; the first is on 'chr2L'"),
    "a TSS of another build": ("tss", 3, "POS", 48_129_896, "past the end of chr21"),
    "a TSS without strand": ("tss", 3, "STRAND", ".", "'.' is not + or -"),
    "a TSS without a name": ("tss", 3, ["#Gene_IDs", "Symbol"], [None, None], "the place at 8000000 has neither"),
    "no gene has a TSS": ("genes", slice(None), "gene_id", [f"ENSMUSG{i:011d}" for i in range(GENES)],
        "none of 40 genes has a start of transcription; the first is 'ENSMUSG00000000000'"),
    "few genes have a TSS": ("genes", slice(5, None), "gene_id", [f"ENSMUSG{i:011d}" for i in range(5, GENES)],
        r"5 genes with a start of transcription on these chromosomes; a549\.quartiles needs 10"),
    "a gene twice": ("genes", 1, "gene_id", "ENSG00000000000.2", "the same gene"),
    "a peak ends before it starts": ("peaks", 1, "end", 5, "ends before it starts"),
    "a peak of another build": ("peaks", 1, "end", 48_130_200, "past the end of chr21"),
    "a peak twice": ("peaks", 1, "peak", "21-4999900-5000100", "the same peak"),
    "no cell of the line": ("rna_cells", slice(None), "cell_name", "HeLa", "no cell is of 'A549', but of 'HeLa'"),
    "no group of the line": ("atac_cells", slice(None), "group", "HeLa_0h", "no cell is of 'A549', but of 'HeLa_0h'"),
    "no cell in both": ("atac_cells", slice(None), "sample", [f"d{i}" for i in range(12)],
        "none of 10 and 10 cells is in both"),
    "a cell twice": ("rna_cells", 1, "sample", "c0", "the same cell"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_wrong_is_said_in_one_line(given, run, name):
    table, row, column, value, said = FAULTS[name]
    given[table].loc[row, column] = value
    with pytest.raises(InputError, match=re.compile(said if "\\" in said else re.escape(said))) as caught:
        run()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("filter_", "said"),
    [
        ({"min_cells": {"genes": 11, "peaks": 3}}, "leaves none of 40 genes"),
        ({"min_cells": {"genes": 5, "peaks": 11}}, "leaves none of 40 peaks"),
        ({"min_genes": 41}, "leaves none of 10 cells"),
        ({"chromosomes": ["chr1"]}, "leaves none of 40 peaks"),
    ],
)
def test_a_filter_that_leaves_nothing_is_named(run, filter_, said):
    with pytest.raises(InputError, match=rf"a549\.filter: {said}; lower its numbers"):
        run(filter=settings()["filter"] | filter_)


def test_columns_of_bed_beyond_the_third_may_stand_there(given, run):
    given["tads"] = given["tads"].assign(name=["x"] * 20, score=1000, more=".")
    assert len(run()[1]) == 20


def test_peaks_and_starts_of_different_builds_meet_by_chance_only(given, caplog):
    tss = pd.DataFrame({"chrom": "chr21", "tss": given["tss"]["POS"]})
    peaks = given["peaks"].assign(chrom="chr21")[["chrom", "start", "end"]]
    assert at_starts(tss, peaks) == (1.0, 0.0)
    assert not caplog.records
    assert at_starts(tss.assign(tss=tss["tss"] + 7_000), peaks) == (0.0, 0.0)
    assert "is a549.builds.peaks right?" in caplog.text
