"""What README and the other pages promise: their Python runs, their links lead somewhere, their commands exist."""

import re

import numpy as np
import pytest
import sklearn
from conftest import REPOSITORY
from schema.schema_qp import SchemaQP

from sources.registry import load_registry

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
PAGES = [*REPOSITORY.glob("*.md"), *(REPOSITORY / "config").glob("*.md"), *(REPOSITORY / "results").glob("*.md")]
PAGES += [*(REPOSITORY / "results" / "reference").glob("*/*.md"), REPOSITORY / "scripts/schema_core/README.md"]


def test_how_many_files_have_a_known_hash():
    datasets = load_registry(REPOSITORY / "config" / "datasets.yaml").values()
    files = [file for dataset in datasets for file in dataset.files.values()]
    known = [file for file in files if file.digest]
    assert f"Of the {len(files)} files there {len(known)} have a known hash" in " ".join(README.split())
    assert {file.dataset for file in known} == {"tcr_10x", "vdjdb", "gene_sets", "coassay", "a549", "velocity"}
    assert [file.key for file in files if file.dataset in ("tcr_10x", "vdjdb", "gene_sets") and not file.digest] == [
        "vdjdb/vdjdb-2020-05-20.zip"
    ]


def test_the_core_in_a_script_of_ones_own():
    names = {}
    for page in ("README.md", "config/guide.md"):  # the guide goes on from the README
        (block,) = re.findall(r"```python\n(.*?)```", (REPOSITORY / page).read_text("utf-8"), re.S)
        exec(compile(block, page, "exec"), names)
    assert names["Z"].shape == names["X"].shape
    assert abs(names["same"].weights_ - names["model"].weights_).max() < 1e-6


def test_the_default_mode_of_the_released_package_fails_as_the_findings_say():
    rng = np.random.default_rng(0)
    with pytest.raises(TypeError) as error:
        SchemaQP().fit(rng.random((300, 20)), [rng.random(300)], ["numeric"])
    findings = (REPOSITORY / "results/reference/scaling/findings.md").read_text(encoding="utf-8")
    assert f"TypeError: {error.value}" in " ".join(findings.split())
    assert f"scikit-learn {sklearn.__version__}" in " ".join(findings.split())


def headings(page):
    """The anchors of a page, as GitHub makes them of its headings."""
    found = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
class TestPage:
    def test_links_lead_somewhere(self, page):
        for target, anchor in re.findall(
            r"(?:\]\(|src=\")([^)#:\"\s]*)(?:#([^)\"\s]+))?[)\"]", page.read_text("utf-8")
        ):
            file = page.parent / target if target else page
            assert file.exists(), target
            assert not anchor or anchor in headings(file), f"{target}#{anchor}"

    def test_commands_are_targets(self, page):
        makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
        for target in re.findall(r"(?:^|`)make ([a-z][a-z-]*)", page.read_text("utf-8"), re.M):
            assert f"\n{target}:" in makefile, target

    def test_prose_is_wrapped(self, page):
        lines = page.read_text("utf-8").splitlines()
        assert [line for line in lines if len(line) > 120 and not line.startswith(("|", "Keys of "))] == []
