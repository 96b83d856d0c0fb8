"""Archives that would fill the memory, hold a name twice or one that cannot be shown, and what was read of them."""

import hashlib
import io
import tarfile
import zipfile

import pytest
from test_formats_archive import FILES, KINDS, make_tar, make_zip, one_line, read_stream

from formats.archive import member, opened_archive


def header(name, kind, size, sparse=None):
    """A header of a tar, with the sum that makes it valid; ``sparse``: the size of a file that is all hole."""
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, size
    block = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    if sparse is not None:
        block[386:410] = b"%011o\0%011o\0" % (sparse, 0)
        block[483:495] = b"%011o\0" % sparse
        block[148:156] = b" " * 8
        block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


END = bytes(2 * tarfile.BLOCKSIZE)


def test_a_file_that_is_all_hole_is_refused_before_it_is_read(tmp_path):
    (tmp_path / "a").write_bytes(header("m.txt", tarfile.GNUTYPE_SPARSE, 0, sparse=2**32) + END)
    with opened_archive(tmp_path / "a") as archive:
        assert archive.names == ["m.txt"]
    one_line(
        lambda: member(tmp_path / "a", "m.txt"), "'m.txt' in it would have 4,294,967,296 bytes, more than 268,435,456"
    )
    one_line(lambda: read_stream(tmp_path / "a", "m.txt", most=2**30), "more than 1,073,741,824")


def test_a_name_that_would_fill_the_memory_is_refused(tmp_path):
    for kind in (tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME):
        (tmp_path / "a").write_bytes(header("m.txt", kind, 2**31) + END)
        one_line(lambda: member(tmp_path / "a", "m.txt"), "a name of 2,147,483,648 bytes")


@KINDS
def test_a_bomb_is_refused_by_what_it_would_unpack_to(make, tmp_path):
    archive = make(tmp_path / "a", {"m.txt": bytes(100_000)})
    one_line(lambda: read_stream(archive, "m.txt", most=99_999), "would have 100,000 bytes")
    assert len(read_stream(archive, "m.txt", most=100_000)) == 100_000


@KINDS
def test_what_is_read_can_be_hashed(make, tmp_path):
    with opened_archive(make(tmp_path / "a", FILES), hashing=True) as archive:
        for name in FILES:
            with archive.opened(name) as stream:
                stream.read(3)  # the rest is read for the hash
    assert archive.digests == {name.split("/")[-1]: hashlib.sha256(text).hexdigest() for name, text in FILES.items()}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@KINDS
def test_the_same_name_twice_is_ambiguous(make, tmp_path):
    archive = make(tmp_path / "a", {"m.txt": b"1"})
    if make is make_zip:
        with zipfile.ZipFile(archive, "a") as opened:
            opened.writestr("m.txt", b"2")
    else:
        with tarfile.open(archive, "w:gz" if make is make_tar else "w") as opened:
            for content in (b"1", b"2"):
                info = tarfile.TarInfo("m.txt")
                info.size = 1
                opened.addfile(info, io.BytesIO(content))
    one_line(lambda: member(archive, "m.txt"), "holds 'm.txt' 2 times")


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[31mb"])
def test_names_of_strangers_are_shown_in_what_can_be_printed(tmp_path, name):
    one_line(lambda: member(make_tar(tmp_path / "a", {name: b""}), "m.txt"), "holds no file 'm.txt'")
    one_line(lambda: member(make_tar(tmp_path / "a", {f"../{name}": b""}), "m.txt"), "lead out of its folder")
