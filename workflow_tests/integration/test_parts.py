"""A part can be taken out, and a method put in: nothing else has to be touched."""

import json
import re
import shutil

import pandas as pd
import pytest
import yaml
from conftest import REPOSITORY, snakemake

from running import read_table

PARTS = {  # and the datasets that each alone reads
    "tcr": ["tcr_10x", "vdjdb"],
    "sci_car": ["sci_car"],
    "slide_seq": ["slide_seq"],
    "fly_brain": ["fly_brain"],
    "dentate_gyrus": ["dentate_gyrus", "velocity"],
    "gastrulation": ["gastrulation"],
    "a549": ["a549"],
    "sketching": [],
}


@pytest.fixture
def checkout(tmp_path):
    """A copy of what the workflow is."""
    for name in ("rules", "scripts", "envs", "config"):
        shutil.copytree(REPOSITORY / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Snakefile", "LICENSE", "CITATION.cff"):
        shutil.copy2(REPOSITORY / name, tmp_path / name)
    return tmp_path


def edit(path, change):
    """Read a YAML file, change its content, and write it again."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")


def take_out(checkout, part):
    """Delete a part: its rules, scripts, claims, datasets, and keys of the config."""
    for path in (checkout / "rules").glob(f"{part}*.smk"):
        path.unlink()
    shutil.rmtree(checkout / "scripts" / part)

    def from_config(content):
        content.pop(part, None)
        content.get("simulate", {}).pop(part, None)
        if part in content.get("parts", []):
            content["parts"].remove(part)

    def from_schema(schema):
        simulate, parts = (schema["properties"][key] for key in ("simulate", "parts"))
        for node in (schema, simulate):
            del node["properties"][part]
            node["required"].remove(part)
        for name in [name for name, node in schema["$defs"].items() if f"{part}.methods" in str(node)]:
            del schema["$defs"][name]  # its table of methods
        for names in (parts["items"]["enum"], parts["default"]):
            names.remove(part)

    for overlay in ("config", "demo", "real", "quick"):
        edit(checkout / f"config/{overlay}.yaml", from_config)
    edit(checkout / "config/config.schema.yaml", from_schema)
    edit(checkout / "config/claims.yaml", lambda claims: claims.pop(part))
    edit(checkout / "config/datasets.yaml", lambda datasets: [datasets.pop(name) for name in PARTS[part]])


def planned(checkout, *arguments):
    """The jobs of a dry run, by rule."""
    folder = checkout / "work"
    folder.mkdir(exist_ok=True)
    done = snakemake("--dry-run", *arguments, folder=folder, snakefile=checkout / "Snakefile")
    return {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", done.stdout, re.MULTILINE)}


MEASURED = ("scaling", "own", "own_growth")


def configured(checkout, overlay):
    return ("--configfile", str(checkout / f"config/{overlay}.yaml"))


def targets(overlay):
    return ("--", "all", *(MEASURED if overlay == "demo" else ()))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The jobs of all parts, by overlay and rule."""
    folder = tmp_path_factory.mktemp("whole")
    shutil.copy2(REPOSITORY / "Snakefile", folder)
    for name in ("rules", "scripts", "envs", "config"):
        (folder / name).symlink_to(REPOSITORY / name)
    return {overlay: planned(folder, *configured(folder, overlay), *targets(overlay)) for overlay in ("demo", "config")}


@pytest.mark.parametrize("part", PARTS)
def test_without_one_part_the_rest_is_planned_as_before(checkout, whole, part):
    take_out(checkout, part)
    others = tuple(PARTS.keys() - {part})
    for overlay, jobs in whole.items():
        left = planned(checkout, *configured(checkout, overlay), *targets(overlay))
        assert not [rule for rule in left if rule.startswith(part)]
        expected = {rule: count for rule, count in jobs.items() if rule.startswith(others)}
        assert {rule: count for rule, count in left.items() if rule.startswith(others)} == expected
        assert {"report", "provenance_crate", "all"} <= left.keys()
        assert overlay != "demo" or left.keys() >= set(MEASURED)


ADDED = {  # by part: the one file, the one line, the config, the results, and the jobs of the rule that runs it
    "sci_car": (
        "import anndata\nfrom sci_car.embedding import save_embedding\n\n\n"
        "def embed(out, reduced, seed):\n"
        "    cells = anndata.read_h5ad(reduced)\n"
        "    save_embedding(out, cells.obs_names, cells.obsm['rna_svd'][:, :5])\n",
        '    "added": Method("added", "RNA alone, five components", "rival"),\n',
        "sci_car: {methods: [rna, atac, schema, added]}\n",
        ["sci_car/embeddings/added/0.parquet", "sci_car/embeddings/added/0.json"],
        {"sci_car_embed_single_cell": 4},
    ),
    "slide_seq": (
        "from slide_seq.ranking import write_rankings\n\n\n"
        "def rank(out, beads, settings, seed):\n"
        "    write_rankings(out, 'added', beads, settings, seed, lambda cells, _: (cells.X > 0).mean(axis=0).A1)\n",
        '    "added": Method("beads that\\nshow a gene", "rival", "added"),\n',
        "slide_seq: {methods: [added]}\n",
        ["slide_seq/180430_1/rankings/added.parquet", "slide_seq/180430_1/rankings/added.json"],
        {"slide_seq_rival_spatial": 3},
    ),
    "tcr": (
        "import numpy as np\n\n\n"
        "def weigh(task, *, min_correlation, max_weight_ratio):\n"
        "    weights = np.clip(task.covariances.modality_correlations[:, 0], 1e-6, None)\n"
        "    return weights / weights.mean()\n",
        '    "added": Method("added", "each location alone"),\n',
        "tcr: {methods: [grid, exact, added]}\n",
        ["tcr/locations/TRA_added.tsv"],
        {"tcr_locations_core": 6, "tcr_residues_core": 6},
    ),
    "fly_brain": (
        "import numpy as np\n\n\n"
        "def represent(factors):\n"
        "    return factors.X[:, :5] + np.log1p(factors.obs[['age']].to_numpy())\n",
        '    "added": Method("added", "five components and age", "rival"),\n',
        "fly_brain: {methods: [rna, schema, cca, added]}\n",
        ["fly_brain/text/places/added.parquet"],
        {"fly_brain_represent_single_cell": 6},
    ),
    "dentate_gyrus": (
        "from dentate_gyrus.methods.table import Placed\n\n\n"
        "def represent(cells, settings, rng):\n"
        "    yield Placed(cells.obsm['spliced'][:, :5])\n",
        '    "added": Method("added", "five components", "rival"),\n',
        "dentate_gyrus: {methods: [spliced, added]}\n",
        ["dentate_gyrus/pseudotime.parquet"],
        {"dentate_gyrus_represent": 1},
    ),
    "gastrulation": (
        "from gastrulation.fit import Fit\n\n\n"
        "def fits(cells, settings, whole, seed):\n"
        "    yield Fit('five genes', cells.X[:, :5], cells.X.std(axis=0), cells.obs['age'].to_numpy())\n",
        '    "added": Method("added", "five genes"),\n',
        "gastrulation: {methods: [schema, added]}\n",
        ["gastrulation/fits/added.json", "claims/gastrulation.tsv", "figures/figureS1.tsv"],
        {"gastrulation_fit_core": 2},
    ),
}


@pytest.mark.parametrize("part", ADDED)
def test_a_method_is_one_file_and_one_line(checkout, part):
    script, line, config, results, expected = ADDED[part]
    folder = checkout / "scripts" / part / "methods"
    (folder / "added.py").write_text(f'"""A method that somebody added."""\n\n{script}')
    table = (folder / "table.py").read_text(encoding="utf-8")
    start = re.search(r"^METHODS = \{.*\n", table, re.MULTILINE).end()
    (folder / "table.py").write_text(table[:start] + line + table[start:], encoding="utf-8")
    (checkout / "mine.yaml").write_text(config)
    given = [*configured(checkout, "demo"), str(checkout / "mine.yaml")]
    jobs = planned(checkout, *given)
    assert {rule: jobs[rule] for rule in expected} == expected
    files = [f"results/demo/{result}" for result in results]
    snakemake(*given, "--", *files, folder=checkout / "work", snakefile=checkout / "Snakefile")
    for file in [checkout / "work" / file for file in files]:
        if file.suffix == ".json":
            assert json.loads(file.read_text()) == {"state": "done", "reason": ""}
        else:
            assert len(pd.read_parquet(file) if file.suffix == ".parquet" else read_table(file)) > 50
