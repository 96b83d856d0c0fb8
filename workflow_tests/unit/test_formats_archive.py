"""Archives: honest, damaged and hostile ones."""

import io
import stat
import tarfile
import zipfile
from contextlib import suppress

import pytest

from formats.archive import member, opened_archive
from running import InputError

FILES = {"readme.txt": b"hello", "deep/motif_pwms.txt": b"species\tgene\n" * 5000}
LINK = stat.S_IFLNK << 16


def make_zip(path, files, links=()):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        for name, to in links:
            info = zipfile.ZipInfo(name)
            info.external_attr = LINK
            archive.writestr(info, to)
    return path


def make_tar(path, files, links=(), mode="w:gz"):
    with tarfile.open(path, mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for name, to in links:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, to
            archive.addfile(info)
    return path


def make_plain_tar(path, files, links=()):
    return make_tar(path, files, links, "w")


KINDS = pytest.mark.parametrize("make", [make_zip, make_tar, make_plain_tar])


def one_line(action, *names):
    with pytest.raises(InputError) as caught:
        action()
    message = str(caught.value)
    assert message.isprintable()
    assert [name for name in names if name not in message] == []


@KINDS
class TestMember:
    def test_by_full_name_and_by_last_part(self, make, tmp_path):
        archive = make(tmp_path / "a", FILES)
        assert member(archive, "deep/motif_pwms.txt") == FILES["deep/motif_pwms.txt"]
        assert member(archive, "motif_pwms.txt") == FILES["deep/motif_pwms.txt"]
        assert [path.name for path in tmp_path.iterdir()] == ["a"]

    def test_absent(self, make, tmp_path):
        archive = make(tmp_path / "a", FILES)
        one_line(lambda: member(archive, "motifs.txt"), str(archive), "'motifs.txt'", *FILES)

    def test_absent_among_many(self, make, tmp_path):
        archive = make(tmp_path / "a", {f"{n}.txt": b"x" for n in range(99)})
        one_line(lambda: member(archive, "motifs.txt"), "19.txt and more")

    def test_absent_in_an_empty_archive(self, make, tmp_path):
        one_line(lambda: member(make(tmp_path / "a", {}), "motifs.txt"), str(tmp_path / "a"))

    def test_ambiguous(self, make, tmp_path):
        archive = make(tmp_path / "a", {"x/m.txt": b"1", "y/m.txt": b"2"})
        one_line(lambda: member(archive, "m.txt"), "x/m.txt, y/m.txt", "leave one of them in it")

    def test_the_full_name_is_not_ambiguous(self, make, tmp_path):
        assert member(make(tmp_path / "a", {"m.txt": b"1", "y/m.txt": b"2"}), "m.txt") == b"1"

    def test_a_link_is_not_a_file(self, make, tmp_path):
        archive = make(tmp_path / "a", FILES, [("m.txt", "/etc/passwd")])
        one_line(lambda: member(archive, "m.txt"), "holds no file 'm.txt'")

    @pytest.mark.parametrize("keep", [0.0, 0.4, 0.8])
    def test_truncated(self, make, tmp_path, keep):
        archive = make(tmp_path / "a", FILES)
        content = archive.read_bytes()
        archive.write_bytes(content[: int(len(content) * keep)])
        one_line(lambda: member(archive, "motif_pwms.txt"), str(archive), "get it again")


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_any_changed_byte_is_harmless_or_an_error(make, tmp_path):
    """A zip has checksums throughout; of a tar.gz only that nothing but InputError comes out."""
    whole = make(tmp_path / "a", {"m.txt": bytes(range(256))}).read_bytes()
    for place in range(0, len(whole), 2):
        (tmp_path / "a").write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        with suppress(InputError):
            content = member(tmp_path / "a", "m.txt")
            assert make is make_tar or content == bytes(range(256))


@pytest.mark.parametrize(("make", "step"), [(make_zip, 9), (make_tar, 9), (make_plain_tar, 256)])
def test_cut_anywhere_is_an_error_or_all_is_there(make, step, tmp_path):
    files = {"m.txt": bytes(range(256)) * 5, "n.txt": b"n"}
    whole = make(tmp_path / "a", files).read_bytes()
    complete = 0
    for length in range(0, len(whole), step):
        (tmp_path / "a").write_bytes(whole[:length])
        with suppress(InputError), opened_archive(tmp_path / "a") as archive, archive.opened("m.txt") as stream:
            assert stream.read() == files["m.txt"]
            complete += 1
        assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert complete < len(whole) / step


def test_no_archive_at_all(tmp_path):
    (tmp_path / "a").write_bytes(b"<html>Sign in</html>" * 99)
    one_line(lambda: member(tmp_path / "a", "m.txt"), str(tmp_path / "a"), "tar or zip")
    one_line(lambda: member(tmp_path / "absent", "m.txt"), str(tmp_path / "absent"))


def test_a_tar_that_ends_in_a_zip_is_a_tar(tmp_path):
    inner = make_zip(tmp_path / "inner.zip", {"m.txt": b"inner"}).read_bytes()
    archive = make_plain_tar(tmp_path / "a", {"m.txt": b"outer", "inner.zip": inner})
    assert member(archive, "m.txt") == b"outer"


def read_stream(path, name, **options):
    with opened_archive(path) as archive, archive.opened(name, **options) as stream:
        return stream.read()


@KINDS
class TestOpenedMember:
    def test_is_the_content_as_a_stream(self, make, tmp_path):
        archive = make(tmp_path / "a", FILES)
        with opened_archive(archive) as opened, opened.opened("motif_pwms.txt") as stream:
            assert stream.read(7) == b"species"
            assert stream.read() == FILES["deep/motif_pwms.txt"][7:]

    @pytest.mark.parametrize("name", ["../x", "/x", "a/../../x"])
    def test_an_archive_that_is_not_honest_is_not_read_at_all(self, make, tmp_path, name):
        archive = make(tmp_path / "a", FILES | {name: b"x"})
        one_line(lambda: read_stream(archive, "readme.txt"), str(archive), "lead out of its folder")

    def test_absent(self, make, tmp_path):
        archive = make(tmp_path / "a", FILES)
        one_line(lambda: read_stream(archive, "motifs.txt"), "'motifs.txt'", *FILES)

    def test_damage_that_shows_while_it_is_read_is_one_line(self, make, tmp_path):
        archive = make(tmp_path / "a", {"big": bytes(range(256)) * 4000})
        content = archive.read_bytes()
        archive.write_bytes(content[: len(content) // 2])
        one_line(lambda: read_stream(archive, "big"), str(archive), "cannot be unpacked")
