"""Counts in MatrixMarket: round trips of any matrix in any packing, and one line for each fault."""

import gzip
import io
import tarfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.io import mmwrite
from scipy.sparse import csr_matrix, random_array

from formats import matrix_market
from formats.matrix_market import read_counts, write_counts
from formats.opening import opened
from running import InputError

DENSE = arrays(
    np.int64, st.tuples(st.integers(0, 6), st.integers(0, 6)), elements=st.sampled_from([0, 0, 1, 7, 2**31 - 1])
)
GOOD = b"%%MatrixMarket matrix coordinate integer general\n3 2 4\n1 1 5\n3 1 2\n2 2 1\n3 2 9\n"
COUNTS = [[5, 0, 2], [0, 1, 9]]  # cells x features


def read(content, **options):
    return read_counts(io.BytesIO(content), name="counts.txt", **options)


@settings(deadline=None)
@given(DENSE, st.sampled_from(["", ".gz"]), st.integers(1, 30))
def test_what_is_written_is_read_in_blocks_of_any_size(tmp_path_factory, dense, suffix, block):
    path = tmp_path_factory.mktemp("mm") / f"counts.txt{suffix}"
    write_counts(csr_matrix(dense), path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matrix_market, "BLOCK", max(block, 25))  # no shorter than a line
        found = read_counts(path, shape=dense.shape[::-1])
    assert found.shape == dense.shape
    assert (found.toarray() == dense).all()


@settings(deadline=None)
@given(DENSE, st.randoms(use_true_random=False), st.sampled_from(["integer", "real"]))
def test_other_writers_orders_and_layouts_are_read(dense, shuffle, field):
    buffer = io.BytesIO()
    mmwrite(buffer, csr_matrix(dense.astype(float if field == "real" else int)).T, field=field, symmetry="general")
    head, *lines = buffer.getvalue().split(b"\n")
    size = next(i for i, line in enumerate(lines) if not line.startswith(b"%"))
    entries = [b"  " + line.replace(b" ", b"  \t") + b" \r" for line in lines[size + 1 :] if line]
    shuffle.shuffle(entries)
    found = read(b"\n".join([head, *lines[: size + 1], *entries]))
    assert (found.toarray() == dense).all()


def test_matrix_is_cells_by_features_in_canonical_rows_without_stored_zeros():
    found = read(GOOD.replace(b"3 1 2", b"3 1 0"))
    assert (type(found), found.dtype, found.shape) == (csr_matrix, np.int32, (2, 3))
    assert found.nnz == 3
    assert found.has_canonical_format
    assert read(GOOD, dtype=np.float32).dtype == np.float32
    assert read(GOOD).toarray().tolist() == COUNTS


def test_member_of_an_archive_is_read_in_place_and_stays_open(tmp_path):
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        for name, content in (("plain.mtx", GOOD), ("packed.mtx.gz", gzip.compress(GOOD))):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    with tarfile.open(tmp_path / "a.tar.gz", "r|gz") as archive:  # a stream: nothing can be read twice
        for member in archive:
            stream = archive.extractfile(member)
            assert read_counts(stream, name=member.name).toarray().tolist() == COUNTS
            assert not stream.closed


def test_short_reads_do_not_cut_lines():
    class Slow(io.RawIOBase):
        def __init__(self):
            self.content = io.BytesIO(GOOD)

        def readable(self):
            return True

        def readinto(self, buffer):
            return self.content.readinto(memoryview(buffer)[:1])

    assert read_counts(Slow(), name="slow").toarray().tolist() == COUNTS


def changed(old, new):
    assert old in GOOD
    return GOOD.replace(old, new)


@pytest.mark.parametrize("count", ["5.0", "5.", "5e0", "+5", "0.5e1", "5 ", "5\t"])
@pytest.mark.parametrize("field", [b"integer", b"real"])
def test_whole_numbers_are_counts_however_they_are_written(count, field):
    assert read(changed(b"1 1 5", f"1 1 {count}".encode()).replace(b"integer", field)).toarray().tolist() == COUNTS


def test_a_comment_of_cell_ranger_may_be_long():
    assert read(changed(b"3 2 4", b'%metadata_json: {"a": "' + 5000 * b"x" + b'"}\n3 2 4')).toarray().tolist() == COUNTS


FAULTS = {
    "an HTML page": (b"<!DOCTYPE html>\n<html>", "line 1: '<!DOCTYPE html>\\n' is not the header of a matrix"),
    "empty": (b"", "line 1: '' is not the header"),
    "dense": (changed(b"coordinate", b"array"), "line 1: the matrix is 'array integer general'"),
    "symmetric": (changed(b"general", b"symmetric"), "line 1: the matrix is 'coordinate integer symmetric'"),
    "no sizes": (changed(b"3 2 4\n", b""), "line 2: 5 entries in 1 x 1 cannot be"),
    "cut header": (GOOD[:49], "line 2: '', where rows, columns and entries are due"),
    "impossible sizes": (changed(b"3 2 4", b"3 2 7"), "line 2: 7 entries in 3 x 2 cannot be"),
    "fewer entries": (changed(b"3 2 4", b"3 2 5"), "holds 4 entries, where line 2 announces 5"),
    "more entries": (changed(b"3 2 4", b"3 2 3"), "holds more entries than the 3 that line 2 announces"),
    "row 0": (changed(b"2 2 1", b"0 2 1"), "line 5: row '0' is outside the matrix of 3 x 2 (1 to 3)"),
    "row 4": (changed(b"2 2 1", b"4 2 1"), "line 5: row '4' is outside"),
    "row 2**40": (changed(b"2 2 1", b"1099511627776 2 1"), "line 5: row '1099511627776' is outside"),
    "column 3": (changed(b"2 2 1", b"2 3 1"), "line 5: column '3' is outside the matrix of 3 x 2 (1 to 2)"),
    "negative": (changed(b"3 2 9", b"3 2 -9"), "line 6: '-9' is not a count"),
    "fraction": (changed(b"3 2 9", b"3 2 0.5"), "line 6: '0.5' is not a count"),
    "real fraction": (changed(b"integer", b"real").replace(b"3 2 9", b"3 2 0.5"), "line 6: '0.5' is not a count"),
    "a fraction below an integer header": (changed(b"3 1 2", b"3 1 5.5"), "line 4: '5.5' is not a count"),
    "underscores": (changed(b"3 1 2", b"3 1 1_0"), "line 4: '1_0' is not a count"),
    "an index with decimals": (changed(b"3 1 2", b"3.0 1 2"), "line 4: row '3.0' is outside"),
    "nan": (changed(b"integer", b"real").replace(b"3 2 9", b"3 2 nan"), "line 6: 'nan' is not a count"),
    "too large": (changed(b"3 2 9", b"3 2 2147483648"), "line 6: '2147483648' is not a count"),
    "a word": (changed(b"3 2 9", b"3 2 many"), "line 6: 'many' is not a count"),
    "two fields": (changed(b"3 2 9", b"3 2"), "line 6: '3 2' is not a row, a column and a count"),
    "four fields": (changed(b"3 2 9", b"3 2 9 9"), "line 6: '3 2 9 9' is not a row"),
    "twice": (changed(b"3 2 9", b"3 1 9"), "the entry of row 3, column 1 is there twice"),
    "cut gzip": (gzip.compress(GOOD)[:-12], "the gzip is cut off or damaged ("),
    "cut early": (gzip.compress(GOOD)[:12], "the gzip is cut off or damaged ("),
    "bad checksum": (gzip.compress(GOOD)[:-8] + bytes(8), "the gzip is cut off or damaged ("),
}


@pytest.mark.parametrize(("content", "words"), FAULTS.values(), ids=FAULTS)
def test_faults_are_one_line_with_the_place(content, words):
    with pytest.raises(InputError) as error:
        read(content)
    assert str(error.value).startswith(f"counts.txt: {words}")
    assert "; " in str(error.value)
    assert "\n" not in str(error.value)


def test_a_download_that_was_cut_off_says_after_which_line(tmp_path, monkeypatch):
    monkeypatch.setattr(matrix_market, "BLOCK", 1 << 16)
    counts = csr_matrix(random_array((1000, 3000), density=0.1, rng=1, dtype=np.int32) != 0).astype(np.int32)
    write_counts(counts, tmp_path / "whole.txt.gz", level=1)
    whole = (tmp_path / "whole.txt.gz").read_bytes()
    (tmp_path / "cut.txt.gz").write_bytes(whole[: -len(whole) // 4])
    with pytest.raises(InputError, match=r"cut\.txt\.gz: the gzip is cut off or damaged after line \d+ \(") as error:
        read_counts(tmp_path / "cut.txt.gz")
    line = int(str(error.value).split("after line ")[1].split()[0])
    assert 0.5 * counts.nnz < line < 0.8 * counts.nnz


def test_line_numbers_count_comments_and_blocks(monkeypatch):
    monkeypatch.setattr(matrix_market, "BLOCK", 12)
    content = GOOD.replace(b"\n3 2 4", b"\n% one\n% two\n3 2 4").replace(b"3 2 9", b"3 9 9")
    with pytest.raises(InputError, match="line 8: column '9'"):
        read(content)


def test_another_shape_than_the_tables_is_refused_before_the_entries_are_read():
    with pytest.raises(InputError, match=r"line 2: announces 3 features and 2 cells; the tables .* list 3 and 5"):
        read(GOOD[:60], shape=(3, 5))


def test_a_damaged_stream_is_found_by_its_content_not_its_name(tmp_path):
    (tmp_path / "a.txt").write_bytes(gzip.compress(b"text"))
    with opened(tmp_path / "a.txt") as stream:
        assert stream.read() == b"text"


def test_memory_is_that_of_the_entries(tmp_path):
    """The text of a file is not held: here 12 MB of text, 24 MB of lists, would be added to 12 MB of numbers."""
    import tracemalloc

    counts = csr_matrix(random_array((2000, 5000), density=0.1, rng=0, dtype=np.int32) != 0).astype(np.int32)
    write_counts(counts, tmp_path / "counts.txt")
    tracemalloc.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matrix_market, "BLOCK", 1 << 18)
        found = read_counts(tmp_path / "counts.txt")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (found != counts).nnz == 0
    assert peak < 26 * counts.nnz  # 12 bytes an entry as read and 8 as a matrix, and the joining of one list
