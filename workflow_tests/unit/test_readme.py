"""What the README promises: its Python runs, its files exist, its commands are targets of the Makefile."""

import re

from conftest import REPOSITORY

from sources.registry import load_registry

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_how_many_files_have_a_known_hash():
    datasets = load_registry(REPOSITORY / "config" / "datasets.yaml").values()
    files = [file for dataset in datasets for file in dataset.files.values()]
    known = [file for file in files if file.digest]
    assert f"Of the {len(files)} files there {len(known)} have a known hash" in " ".join(README.split())
    assert {file.dataset for file in known} == {"tcr_10x", "vdjdb", "gene_sets"}  # as the README names them
    assert [file.key for file in files if file.dataset in ("tcr_10x", "vdjdb", "gene_sets") and not file.digest] == [
        "vdjdb/vdjdb-2020-05-20.zip"
    ]


def test_the_core_in_a_script_of_ones_own():
    (block,) = re.findall(r"```python\n(.*?)```", README, re.S)
    names = {}
    exec(compile(block, "README.md", "exec"), names)
    assert names["Z"].shape == names["X"].shape
    assert abs(names["same"].weights_ - names["model"].weights_).max() < 1e-6


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (REPOSITORY / target).exists(), target


def test_commands_are_targets():
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:^|`)make ([a-z][a-z-]*)", README, re.M):
        assert f"\n{target}:" in makefile, target
