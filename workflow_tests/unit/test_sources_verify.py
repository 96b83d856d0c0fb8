"""Of a file with no known hash: does it begin as its suffix says, is it whole, and is it no answer of another kind?"""

import gzip
import io
import re
import tarfile
import zipfile

import pytest

from sources import verify
from sources.verify import BEGINS, Expected, Failure, check

TABLE = b"gene,cell\nActb,3\n"
WORDS = [
    b"Rate limit exceeded",
    b"Rate limit exceeded\n",
    b'{"error":\n"login required"}\n',
    b'[\n {"error": "login required"}]\n',
    b"\xef\xbb\xbf <?xml version='1.0'?>\n<Error><Code>AccessDenied</Code></Error>\n",
    b"<!-- " + b"x" * 70_000 + b" -->\n<html>Sign in</html>",
    b"<HTML>\n<body>",
]


def zipped() -> bytes:
    with zipfile.ZipFile(content := io.BytesIO(), "w") as archive:
        archive.writestr("a.txt", "content")
    return content.getvalue()


def tarred() -> bytes:
    with tarfile.open(fileobj=(content := io.BytesIO()), mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    return content.getvalue()


HDF5 = b"\x89HDF\r\n\x1a\n and more"
RIGHT = {
    "a.csv": TABLE,
    "a.CSV": b"\xef\xbb\xbf" + TABLE,
    "a.tsv": b"AAAC-1\nAAAG-1\n",
    "a.txt": TABLE.replace(b"\n", b"\r\n"),
    "long.csv": b"gene" + b",cell" * 20_000 + b"\n",
    "a.csv.gz": gzip.compress(TABLE),
    "a.gaf.gz": gzip.compress(b"!gaf-version: 2.1\n!\n"),
    "a.mtx.gz": gzip.compress(b"%%MatrixMarket matrix coordinate integer general\n"),
    "a.tar": tarred(),
    "a.tar.gz": gzip.compress(tarred()),
    "a.tgz": gzip.compress(tarred()),
    "a.zip": zipped(),
    "a.npz": zipped(),
    "a.h5ad": HDF5,
    "a.h5": HDF5,
    "a.h5mu": b"MuData (format-version=0.1.0)".ljust(512, b"\0") + HDF5,
    "a.RData": gzip.compress(b"RDX3\n"),
    "a.rds": b"\xfd7zXZ\0",
    "a.obo": b"format-version: 1.2\n\n[Term]\n",
    "a.gmt": b"GO:1\tname\tActb\n",
    "a.bed": b"chr1 10 20\n",
    "a.bin": b"\0\1\2",
    "a.xz": b"\xfd7zXZ\0",
    "a.bz2": b"BZh9",
    "a.parquet": b"PAR1",
    "a.html": WORDS[-1],
    "a.json": WORDS[2],
}


def checked(tmp_path, name, content, **known):
    (tmp_path / "file").write_bytes(content)
    check(tmp_path / "file", Expected(name, **known))


@pytest.mark.parametrize("name", RIGHT)
def test_what_begins_as_its_suffix_says(tmp_path, name):
    checked(tmp_path, name, RIGHT[name])


@pytest.mark.parametrize("name", [name for name in RIGHT if not re.search("json|html|bin", name)])
def test_an_error_in_its_place_is_none(tmp_path, name):
    for words in WORDS:
        with pytest.raises(Failure, match="begin") as caught:
            checked(tmp_path, name, words)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 250
        if name.endswith(".gz"):
            with pytest.raises(Failure, match="begin"):
                checked(tmp_path, name, gzip.compress(words))


def test_a_page_in_place_of_a_file_of_no_known_kind(tmp_path):
    for words in WORDS[2:]:
        with pytest.raises(Failure, match="begin"):
            checked(tmp_path, "a.bin", words)


@pytest.mark.parametrize("name", ["a.csv.gz", "a.tar.gz", "a.tgz", "a.zip", "a.tar"])
def test_one_that_ends_too_early(tmp_path, name):
    cut = RIGHT[name][:-9] if name != "a.tar" else tarred()[:512] + b"x" * 512
    with pytest.raises(Failure, match="cut short or damaged"):
        checked(tmp_path, name, cut)


def test_one_that_is_too_large_when_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(verify, "UNPACKED", 10**6)
    with pytest.raises(Failure, match="unpacks to more than 1000000 bytes"):
        checked(tmp_path, "a.csv.gz", gzip.compress(TABLE * 10**6))


def test_the_hash_decides_where_it_is_known(tmp_path):
    (tmp_path / "one").write_bytes(WORDS[0])
    checked(tmp_path, "a.zip", WORDS[0], algorithm="md5", digest=verify.digest(tmp_path / "one", "md5"))


def test_every_suffix_of_the_registry_is_known():
    from sources.registry import load_registry

    for dataset in load_registry().values():
        for name in dataset.files:
            inner = name.removesuffix(".gz")
            assert {f".{part}" for part in (name.split(".")[-1], inner.split(".")[-1])} <= {*BEGINS, ".tar"}, name
