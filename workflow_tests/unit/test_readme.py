"""What the README promises: its Python runs, its files exist, its commands are targets of the Makefile."""

import re

from conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


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
