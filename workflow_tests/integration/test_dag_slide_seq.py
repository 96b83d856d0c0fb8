"""How a puck comes in: by hand, as an archive or as an unpacked folder, with instructions where it is missing."""

import shutil
import sys
import tarfile

import pytest
from conftest import REPOSITORY, config_of, snakemake

sys.path.insert(0, str(REPOSITORY / "workflow_tests" / "unit"))
from slide_seq_files import TEXTS, write_puck

ONE_PART = "parts: [slide_seq]\nmirror: mirror\nslide_seq: {pucks: ['180001_1', '180001_2']}\n"
COUNTS = "results/real/slide_seq/180001_1/counts.h5ad"


@pytest.fixture
def run(tmp_path):
    (tmp_path / "mirror" / "slide_seq").mkdir(parents=True)
    (tmp_path / "mine.yaml").write_text(ONE_PART)

    def run(*arguments, check=True):
        given = ["--configfile", config_of("real"), "mine.yaml"]
        places = {"https_proxy": "http://127.0.0.1:9", "PLACE": str(tmp_path)}
        return snakemake(*given, *arguments, folder=tmp_path, check=check, **places)

    return run


@pytest.mark.parametrize("place", ["mirror/slide_seq", "results/sources/slide_seq"])
def test_an_unpacked_folder_is_read_where_it_stands(run, tmp_path, place):
    folder = write_puck(tmp_path)
    (tmp_path / place).mkdir(parents=True, exist_ok=True)
    shutil.move(folder, tmp_path / place / "Puck_180001_1")
    done = run("--", COUNTS)
    assert (tmp_path / COUNTS).is_file()
    assert "Fetching" not in done.stdout + done.stderr


def test_a_folder_of_a_mirror_that_is_written_with_a_variable(run, tmp_path):
    (tmp_path / "mine.yaml").write_text(ONE_PART.replace("mirror: mirror", "mirror: '${PLACE}/a mirror'"))
    shutil.move(write_puck(tmp_path), tmp_path / "mirror" / "slide_seq" / "Puck_180001_1")
    (tmp_path / "mirror").rename(tmp_path / "a mirror")
    run("--", COUNTS)
    assert (tmp_path / COUNTS).is_file()


@pytest.mark.parametrize("name", ["Puck_180001_1.tar", "Cerebellum_Puck_180001_1.tar.gz"])
def test_an_archive_is_read_under_another_name_of_the_study(run, tmp_path, name):
    folder = write_puck(tmp_path)
    with tarfile.open(tmp_path / "mirror" / "slide_seq" / name, "w:gz" if name.endswith("gz") else "w") as archive:
        archive.add(folder, arcname="Puck_180001_1")
    run("--", COUNTS)
    assert (tmp_path / COUNTS).is_file()


def test_a_missing_puck_says_where_to_get_it_and_where_to_put_it(tmp_path):
    (tmp_path / "mine.yaml").write_text("parts: [slide_seq]\nfetch: {attempts: 1}\n")
    target = "results/sources/slide_seq/Puck_180430_1.tar.gz"
    done = snakemake("--configfile", "mine.yaml", "--", target, folder=tmp_path, check=False)
    said = done.stderr + done.stdout
    assert done.returncode != 0
    assert f"{target}: not fetched" in said
    for words in (
        "SCP354",
        "may ask for a login",
        "half an hour",
        "MappedDGEForR.csv",
        "at results/sources/slide_seq/<file>",
        "an unpacked folder",
    ):
        assert words.lower() in said.lower(), words


def test_a_bad_puck_stops_with_one_line(run, tmp_path):
    folder = tmp_path / "mirror" / "slide_seq" / "Puck_180001_1" / "BeadMapping_1-2_0304"
    folder.mkdir(parents=True)
    for name, text in TEXTS.items():
        (folder / name).write_text(text.replace("xcoord", "x"))
    done = run("--", COUNTS, check=False)
    said = [line for line in (done.stderr + done.stdout).splitlines() if "column 'xcoord' is missing" in line]
    assert done.returncode != 0
    assert said
    assert "BeadLocationsForR.csv: row 1" in said[0]
    assert "Traceback" not in done.stderr
    assert not (tmp_path / COUNTS).exists()


def test_the_cache_is_kept_when_the_analysis_changes(demo_copy):
    (demo_copy / "mine.yaml").write_text("slide_seq: {ensemble: {density_weights: [5]}}\n")
    done = snakemake("--dry-run", "--configfile", config_of("demo"), "mine.yaml", folder=demo_copy)
    assert "slide_seq_schema" in done.stdout
    for rule in ("slide_seq_read", "slide_seq_preprocess", "slide_seq_factors", "slide_seq_cca"):
        assert f"rule {rule}:" not in done.stdout, rule


def test_archives_are_as_the_publisher_packs_them(demo_run):
    for path in (demo_run / "sources" / "slide_seq").glob("*.tar.gz"):
        with tarfile.open(path) as archive:
            names = archive.getnames()
        assert all(name.startswith(f"{path.name.removesuffix('.tar.gz')}/BeadMapping_") for name in names)
