"""The workflow as a module of another, from other folders and odd paths; and that reading it writes nothing."""

import os
import re
import shutil

import pytest
from conftest import REPOSITORY, SNAKEFILE, config_of, snakemake

OUTER = """
configfile: "mine.yaml"

module schema:
    snakefile: {snakefile!r}
    config: config{key}

use rule * from schema as schema_*

onstart:
    schema.onstart()

rule mine:
    input:
        rules.schema_provenance_config.output,
"""
PARTS = ("Snakefile", "rules", "scripts", "config", "envs")


@pytest.fixture
def odd_folder(tmp_path):
    """A copy of the workflow in a folder with blanks and letters of other alphabets."""
    folder = tmp_path / "One Drive, données δ" / "schema"
    folder.mkdir(parents=True)
    for name in PARTS:
        copy = shutil.copytree if (REPOSITORY / name).is_dir() else shutil.copy
        copy(REPOSITORY / name, folder / name)
    return folder


def outer(folder, snakefile, config, key=""):
    """Write a workflow that uses this one, in ``folder``; its Snakefile."""
    folder.mkdir(exist_ok=True)
    (folder / "Snakefile").write_text(OUTER.format(snakefile=str(snakefile), key=key))
    (folder / "mine.yaml").write_text(config)
    return folder / "Snakefile"


def seen(*folders):
    """Every file and folder with its time and size, but for what Snakemake and Python keep for themselves."""
    paths = [path for folder in folders for path in [folder, *folder.rglob("*")]]
    kept = [path for path in paths if not {".snakemake", "__pycache__"} & set(path.parts)]
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in kept if path not in folders}


def test_as_a_module_it_runs_from_a_folder_and_a_checkout_with_odd_names(odd_folder, tmp_path):
    work = tmp_path / "my work"
    written = "theirs: {when: 2020-01-01}\nschema: {run: so, data: simulated, tcr: {vdjdb: {others: []}}}\n"
    snakefile = outer(work, odd_folder / "Snakefile", written, '["schema"]')
    lengths = "results/so/tcr/vdjdb/2020-05-18/lengths.tsv"
    ahead = work / "results/so/from the future.txt"
    ahead.parent.mkdir(parents=True)
    ahead.touch()
    os.utime(ahead, (4e9, 4e9))
    done = snakemake("--", lengths, "mine", folder=work, snakefile=snakefile)
    assert "4 of 4 steps (100%) done" in done.stderr
    assert "localrules" not in done.stderr
    assert f"{ahead.relative_to(work)}: was changed in the future" in done.stderr
    assert ahead.stat().st_mtime < 4e9
    saved = (work / "results/so/config.yaml").read_text()
    assert "others: []" in saved
    assert "shuffles: 20" in saved  # the defaults are there as well
    assert "theirs" not in saved


def test_the_module_of_the_guide_has_every_rule(tmp_path):
    (block,) = re.findall(r"```snakemake\n(.*?)```", (REPOSITORY / "config/guide.md").read_text("utf-8"), re.DOTALL)
    (tmp_path / "Snakefile").write_text(block.replace("/path/to/this/checkout/Snakefile", str(SNAKEFILE)))
    (tmp_path / "mine.yaml").write_text("schema: {run: so, data: simulated}\n")
    done = snakemake("--dry-run", "--", "schema_all", folder=tmp_path, snakefile=tmp_path / "Snakefile")
    assert {"schema_tcr_figure5", "schema_sci_car_embed_deep", "schema_report"} <= set(done.stdout.split())


STRICT = {
    "run: so": "key 'run' twice",
    "mirorr: x": "unknown key 'mirorr'",
    "seed: 1e3": "1e3 is read as text; write 1000",
}


@pytest.mark.parametrize("line", STRICT)
def test_as_a_module_its_config_is_as_strict(tmp_path, line):
    snakefile = outer(tmp_path / "work", SNAKEFILE, f"run: so\n{line}\n")
    done = snakemake("--dry-run", "mine", folder=tmp_path / "work", snakefile=snakefile, check=False)
    assert done.returncode != 0
    assert "mine.yaml: line 2" in done.stdout
    assert STRICT[line] in done.stdout


@pytest.mark.parametrize("what", ["--dry-run", "--lint", "--list-rules"])
def test_reading_the_workflow_writes_nothing_and_changes_no_time(odd_folder, tmp_path, what):
    work = tmp_path / "work"
    (work / "results" / "demo" / "tcr").mkdir(parents=True)
    for ahead in (work / "results/demo/tcr/cells.parquet", odd_folder / "scripts/running/step.py"):
        ahead.touch()
        os.utime(ahead, (4e9, 4e9))  # a clock that was ahead, which a real run sets right
    before = seen(work, odd_folder)
    arguments = [what, "--configfile", config_of("demo")]
    snakemake(*arguments, folder=work, snakefile=odd_folder / "Snakefile", check=False, PYTHONDONTWRITEBYTECODE="1")
    assert seen(work, odd_folder) == before


def test_packages_of_the_user_stay_on_the_path(tmp_path):
    (tmp_path / "Snakefile").write_text(
        f"include: {str(SNAKEFILE)!r}\nrule path:\n    output: 'path.txt'\n    shell: 'echo $PYTHONPATH > {{output}}'\n"
    )
    arguments = ["--configfile", config_of("demo"), "--", "path.txt"]
    given = os.pathsep.join(["/of/the/user", "/and/another"])
    snakemake(*arguments, folder=tmp_path, snakefile=tmp_path / "Snakefile", PYTHONPATH=given)
    assert (tmp_path / "path.txt").read_text().strip() == os.pathsep.join([str(REPOSITORY / "scripts"), given])
