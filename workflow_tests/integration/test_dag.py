"""The workflow before anything runs: offline dry runs, strict config, and what reruns after a change."""

import re

import pytest
from conftest import REPOSITORY, config_of, snakemake

from sources.registry import load_registry


def planned(done):
    """What a dry run would fetch: (dataset, file)."""
    return set(re.findall(r"results/sources/(\w+)/(\S+?)\.receipt\.yaml", done.stdout))


@pytest.mark.parametrize(("overlay", "fetched"), [((), 31), (("demo",), 0), (("real",), 34), (("real", "quick"), 29)])
def test_dry_run_needs_no_network_and_no_data_and_fetches_what_can_be_had(tmp_path, overlay, fetched):
    arguments = ["--configfile", *map(config_of, overlay)] if overlay else []
    done = snakemake("--dry-run", *arguments, folder=tmp_path, http_proxy="http://127.0.0.1:9")
    assert "tcr_figure5" in done.stdout
    assert ("Fetching" in done.stdout) == (overlay != ("demo",))
    assert ("sci_car_embed_deep" in done.stdout) == ("quick" not in overlay)
    registry = load_registry(REPOSITORY / "config" / "datasets.yaml")
    files = [registry.file(*key) for key in planned(done)]
    assert len(files) == fetched
    assert [file.key for file in files if not file.addresses and (file.access == "open" or not file.instructions)] == []


def test_a_release_archive_in_place_of_a_build(tmp_path):
    (tmp_path / "mine.yaml").write_text("tcr: {vdjdb: {build: release-2020-05-20, others: []}}\n")
    files = planned(snakemake("--dry-run", "--configfile", "mine.yaml", "--", "tcr", folder=tmp_path))
    assert {name for dataset, name in files if dataset == "vdjdb"} == {
        "vdjdb-2020-05-20.zip",
        "motif_pwms-2018-12-07.txt",
    }


def test_lint_is_clean(tmp_path):
    done = snakemake("--lint", "--configfile", config_of("demo"), folder=tmp_path, check=False)
    assert done.returncode == 0, done.stderr + done.stdout


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("mirorr=x", ["unknown key 'mirorr'", "'mirror'"]),
        ("data=simulate", ["at data", "'simulate'", "'simulated'"]),
        ("seed=-1", ["at seed", "-1"]),
        ("tcr={locatoins: {}}", ["at tcr", "unknown key 'locatoins'", "'locations'"]),
        ("tcr={filter: {quantile: 2}}", ["at tcr.filter.quantile", "2"]),
        ("tcr={vdjdb: {older: '2018'}}", ["at tcr.vdjdb.older", "'2018'"]),
        ("parts=[tcrr]", ["at parts.0", "'tcrr'", "'tcr'"]),
    ],
)
def test_a_bad_config_stops_before_anything_runs(tmp_path, setting, words):
    done = snakemake("--configfile", config_of("demo"), "--config", setting, folder=tmp_path, check=False)
    assert done.returncode != 0
    assert all(word in done.stderr + done.stdout for word in words), done.stderr[-2000:]
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("fly_brain: {shown: [0.123]}", "fly_brain.shown: [0.123] are not among fly_brain.min_correlations"),
        ("sketching: {sizes: [1501]}", "sketching.sizes: 1501 is more than the 1500 cells of simulate.sketching"),
    ],
)
def test_settings_that_exclude_each_other_stop_before_anything_runs(tmp_path, setting, words):
    (tmp_path / "mine.yaml").write_text(f"{setting}\n")
    done = snakemake("--configfile", config_of("demo"), "mine.yaml", folder=tmp_path, check=False)
    assert done.returncode != 0
    assert words in done.stderr + done.stdout
    assert not (tmp_path / "results").exists()


def test_a_mirror_without_the_file_is_one_clear_error(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "mine.yaml").write_text("mirror: empty\nfetch: {attempts: 1}\n")
    arguments = ["--configfile", config_of("real"), "mine.yaml"]
    target = "results/sources/vdjdb/motif_pwms-2020-05-18.txt"
    done = snakemake(*arguments, "--", target, folder=tmp_path, check=False, https_proxy="http://127.0.0.1:9")
    assert done.returncode != 0
    said = done.stderr + done.stdout
    assert f"{target}: not fetched" in said
    assert "empty/vdjdb/motif_pwms-2020-05-18.txt: no such file" in said
    assert "get the file by hand" in said
    assert not (tmp_path / target).exists()


def test_a_file_put_in_place_by_hand_is_verified(tmp_path):
    name = "vdj_v1_hs_aggregated_donor1_binarized_matrix.csv"
    target = tmp_path / "results" / "sources" / "tcr_10x" / name
    target.parent.mkdir(parents=True)
    target.write_text("not the published file")
    (tmp_path / "mine.yaml").write_text("fetch: {attempts: 1}\n")
    # what the reader of the file asks for; the other donors' files cannot be had, and must not end the run first
    arguments = ["--configfile", config_of("real"), "mine.yaml", "--keep-going", "--until", "fetch"]
    arguments += ["--", "results/real/tcr/summary.tsv"]
    done = snakemake(*arguments, folder=tmp_path, check=False, https_proxy="http://127.0.0.1:9")
    assert done.returncode != 0
    assert "the file in this place is wrong" in done.stderr + done.stdout
    assert target.read_text() == "not the published file"  # theirs: never removed


def test_a_change_of_caps_reruns_the_solves_and_not_the_moments(demo_copy):
    (demo_copy / "mine.yaml").write_text("tcr: {locations: {max_weight_ratios: [1.7]}}\n")
    done = snakemake("--dry-run", "--configfile", config_of("demo"), "mine.yaml", folder=demo_copy)
    assert "tcr_locations" in done.stdout
    assert "tcr_location_moments" not in done.stdout
    assert "tcr_preprocess" not in done.stdout
