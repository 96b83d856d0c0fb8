"""An edit makes again exactly what the file made; another place, mirror or patience makes nothing again."""

import json
import re
import shutil
import subprocess
import sys
from modulefinder import ModuleFinder
from pathlib import Path

import pytest
from conftest import REPOSITORY, config_of, snakemake

SCRIPTS = REPOSITORY / "scripts"
NOT_FOLLOWED = SCRIPTS / "running"  # how a step logs and writes


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    """The rules of the demo, as Snakemake has them."""
    command = [sys.executable, str(REPOSITORY / "workflow_tests" / "unit" / "rules_as_json.py"), config_of("demo")]
    done = subprocess.run(command, cwd=tmp_path_factory.mktemp("rules"), capture_output=True, text=True, check=True)
    return {rule["name"]: rule for rule in json.loads(done.stdout) if rule["script"]}


def imported(script: Path) -> set[str]:
    """The project's files that a script imports, directly or not, as the standard library finds them."""
    finder = ModuleFinder(path=[str(SCRIPTS)])
    finder.run_script(str(script))
    files = {Path(module.__file__).resolve() for module in finder.modules.values() if module.__file__}
    return {path.relative_to(REPOSITORY).as_posix() for path in files if not path.is_relative_to(NOT_FOLLOWED)}


def test_every_rule_has_all_that_its_script_imports_as_params(rules):
    scripts = {rule["script"]: (REPOSITORY / "rules" / rule["script"]).resolve() for rule in rules.values()}
    needed = {name: imported(script) for name, script in scripts.items()}
    lacking = {name: needed[rule["script"]] - set(rule["code"]) for name, rule in rules.items()}
    assert {name: files for name, files in lacking.items() if files} == {}


def test_what_a_script_names_in_a_string_counts_too(rules):
    named = {
        "scaling_grow": "scripts/benchmarks/grow.py",
        "scaling_compare": "scripts/benchmarks/fits.py",
        "tcr_simulate": "scripts/tcr/simulate/vdjdb.py",
        "tcr_figure5": "config/claims.yaml",
        "report_index": "scripts/report/index.html.j2",
    }
    assert {name: file for name, file in named.items() if file not in rules[name]["code"]} == {}


EDITS = {  # by the edited file: the rules that run or read it, but for those whose inputs are made again anyway
    "scripts/sci_car/methods/cca.py": {"sci_car_embed_single_cell"},
    "scripts/slide_seq/methods/morans_i.py": {"slide_seq_rival_spatial"},
    "scripts/tcr/figures/figure5.rst": {"report_captions"},
    "scripts/tcr/methods/schema_learn.py": {"tcr_locations_core", "tcr_residues_core"},
    "scripts/fly_brain/methods/cca.py": {"fly_brain_represent_single_cell"},
    "scripts/dentate_gyrus/methods/cca.py": {"dentate_gyrus_represent"},
    "scripts/schema_core/cone.py": {
        "a549_weights",
        "dentate_gyrus_represent",
        "fly_brain_weights",
        "gastrulation_fit_core",
        "sci_car_embed_single_cell",
        "sci_car_sensitivity",
        "sketching_measure",
        "slide_seq_rival_core",
        "slide_seq_same_subset",
        "slide_seq_schema",
        "tcr_location_moments",
        "tcr_residue_stability",
        "tcr_residues_core",
    },
}


@pytest.fixture(scope="module")
def moved(demo_run, tmp_path_factory):
    """A copy of a finished demo, and one of the checkout that made it, both in another place."""
    folder = tmp_path_factory.mktemp("moved house é")
    shutil.copytree(demo_run.parents[1], folder / "run", symlinks=True)
    for name in ("rules", "scripts", "envs", "config"):
        shutil.copytree(REPOSITORY / name, folder / name)
    shutil.copy2(REPOSITORY / "Snakefile", folder / "Snakefile")
    for name in ("LICENSE", "CITATION.cff"):
        shutil.copy2(REPOSITORY / name, folder / name)
    return folder


def planned(folder: Path, *overlays: Path) -> str:
    """What a dry run of the whole demo says, by the checkout in ``folder`` on the results in ``folder``/run."""
    configs = map(str, (folder / "config/demo.yaml", *overlays))
    done = snakemake("--dry-run", "--configfile", *configs, folder=folder / "run", snakefile=folder / "Snakefile")
    return done.stdout + done.stderr


def test_another_place_another_mirror_and_more_patience_make_nothing_again(moved):
    (moved / "mine.yaml").write_text("mirror: elsewhere\nfetch: {attempts: 9, timeout_seconds: 9}\n")
    assert "Nothing to be done" in planned(moved, moved / "mine.yaml")


@pytest.mark.parametrize("file", EDITS)
def test_an_edit_makes_again_what_the_file_made(moved, file):
    path = moved / file
    before, times = path.read_bytes(), path.stat()
    path.write_bytes(before + b"\n# edited\n")
    try:
        assert changed(planned(moved)) == EDITS[file] | {"provenance_workflow"}
    finally:
        path.write_bytes(before)
        shutil.os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def changed(said: str) -> set[str]:
    """The rules of which a job runs again since its params have changed, from the summary of a dry run."""
    listed = re.search(r"params have changed since last execution:\n +(.*)", said)
    return set(listed[1].split(", ")) if listed else set()
