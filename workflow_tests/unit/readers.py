"""Every reader of a published text, with a small text that it reads: a new reader is one line in READERS."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import fly_files
import numpy as np
import pytest
import sci_car_files
import slide_seq_files
from test_tcr_vdjdb import text as motif_text

from a549.places import read_tads, read_tss
from fly_brain.load import read_metadata, read_mex
from formats.gmt import read_gmt
from formats.matrix_market import read_counts
from formats.sci_car import read_atac_cells, read_genes, read_peaks, read_rna_cells
from gene_sets.ontology import read_annotations, read_terms
from running import InputError
from slide_seq.read_dge import read_dge
from slide_seq.read_puck import read_clusters, read_locations
from tcr.read_donor import read_donor
from tcr.simulate.dextramers import simulate_donor
from tcr.simulate.truth import plant
from tcr.vdjdb import read_motifs


class Reader(NamedTuple):
    """How a text is read.

    text : one that is right; read : from a file to what can be compared; delimiter : between its columns, if all rows
    have as many; header : whether its first row names them; comment : how a comment begins
    """

    text: bytes
    read: Callable[[Path], Any]
    delimiter: bytes | None = b","
    header: bool = True
    comment: bytes = b"# "


def donor_text() -> bytes:
    rng = np.random.default_rng(1)
    return simulate_donor(2, 8, plant(1, rng), rng).to_csv(index=False).encode()


def plain(frame) -> dict:
    """A table without its index, which may be the rows of the file."""
    return frame.reset_index(drop=True).astype(object).where(frame.notna().to_numpy(), "NA").to_dict("list")


def sci_car_text(name: str) -> bytes:
    table = sci_car_files.tables()[name]
    return table.assign(more="x").to_csv(index=False).encode()


def stream(function: Callable) -> Callable[[Path], Any]:
    """A reader of open content as one of a file."""

    def read(path: Path):
        with path.open("rb") as content:
            return function(content, str(path))

    return read


def member(name: str) -> Callable[[Path], Any]:
    """A reader of one member of the fly brain's tarball, the others being right."""

    def read(path: Path):
        files = fly_files.contents() | {name: path.read_bytes()}
        cells = read_mex(fly_files.write_tarball(path.with_suffix(".tar.gz"), files))
        return (
            cells.X.toarray().tolist(),
            cells.obs.reset_index().to_dict("list"),
            cells.var.reset_index().to_dict("list"),
        )

    return read


def fly_member(name: str) -> bytes:
    return fly_files.contents()[name].encode()


def metadata(path: Path) -> dict:
    cells = read_mex(fly_files.write_tarball(path.with_suffix(".tar.gz"), fly_files.contents())).obs
    return read_metadata(path, cells).to_dict()


def dge(content: io.BufferedIOBase, label: str):
    matrix, beads, genes = read_dge(content, label)
    return matrix.toarray().tolist(), beads, genes


GAF = b"!gaf-version: 2.1\n" + b"".join(
    b"MGI\tMGI:1\t%s\t\tGO:0000001\tr\tIDA\t\tP\tit's 5'-end \"\t\tgene\ttaxon:10090\t20200601\tMGI\t\tx\n" % gene
    for gene in (b"Abc", b"nan", b"Xyz")
)
OBO = b"""format-version: 1.2

[Term]
id: GO:0000001
name: one
alt_id: GO:0000009

[Term]
id: GO:0000002
name: two
is_a: GO:0000001 ! one

[Typedef]
id: part_of

[Term]
id: GO:0000003
name: three
relationship: part_of GO:0000002 ! two
is_a: GO:0000001"""
GMT = b"A\tfirst\tx\ty\nB\tsecond\tnan\tz\nC\tthird\tw\n"
MTX = b"%%MatrixMarket matrix coordinate integer general\n3 2 4\n1 1 5\n3 1 2\n2 2 1\n3 2 9\n"
SLIDE = {name: text.encode() for name, text in slide_seq_files.TEXTS.items()}

READERS = {
    "tcr donor": Reader(donor_text(), lambda path: plain(read_donor(path))),
    "vdjdb motifs": Reader(motif_text(), lambda path: plain(read_motifs(path)), b"\t"),
    "sci-CAR cells": Reader(sci_car_text("rna_cells"), lambda path: plain(read_rna_cells(path))),
    "sci-CAR ATAC cells": Reader(sci_car_text("atac_cells"), lambda path: plain(read_atac_cells(path))),
    "sci-CAR genes": Reader(sci_car_text("genes"), lambda path: plain(read_genes(path))),
    "sci-CAR peaks": Reader(sci_car_text("peaks"), lambda path: plain(read_peaks(path))),
    "starts of transcription": Reader(
        b"#Gene_IDs\tCHROM\tPOS\tSTRAND\tSymbol\nENSG1\tchr1\t10\t+\tA\nENSG2,ENSG3\tchr2\t30\t-\tB\nNA\tchr3\t7\t+\tENSG4\n",
        lambda path: plain(read_tss(path, "hg19")),
        b"\t",
        comment=b"## ",
    ),
    "domains": Reader(
        b"chr1\t10\t20\nchr1\t20\t40\nchr2\t0\t9\nchr3\t5\t8\n",
        lambda path: plain(read_tads(path, "hg19")),
        b"\t",
        False,
    ),
    "fly metadata": Reader(fly_files.metadata_text().encode(), metadata, b"\t"),
    "fly barcodes": Reader(fly_member("barcodes.tsv"), member("barcodes.tsv"), None, False),
    "fly genes": Reader(fly_member("genes.tsv"), member("genes.tsv"), b"\t", False),
    "fly annotation": Reader(fly_member("annotation.tsv"), member("annotation.tsv"), b"\t"),
    "fly matrix": Reader(fly_member("matrix.mtx"), member("matrix.mtx"), b" ", False, b"% "),
    "bead places": Reader(
        SLIDE["BeadLocationsForR.csv"], stream(lambda *one: plain(read_locations(*one).reset_index()))
    ),
    "bead clusters": Reader(
        SLIDE["AnalogizerClusterAssignments.csv"], stream(lambda *one: plain(read_clusters(*one).frame))
    ),
    "bead counts": Reader(SLIDE["MappedDGEForR.csv"], stream(dge)),
    "annotations (GAF)": Reader(GAF, lambda path: plain(read_annotations(path)), b"\t", False, b"!"),
    "ontology (OBO)": Reader(OBO, read_terms, None, False, b"! "),
    "gene sets (GMT)": Reader(GMT, read_gmt, None, False),
    "counts (MatrixMarket)": Reader(MTX, lambda path: read_counts(path).toarray().tolist(), b" ", False, b"% "),
}


def every(readers=READERS):
    return pytest.mark.parametrize("reader", readers.values(), ids=readers)


def checked(error: InputError) -> str:
    """What an error says, if it names the file, can be printed in a line, and has a remedy."""
    said = str(error)
    assert "published." in said
    assert "; " in said
    assert said.isprintable()
    return said
