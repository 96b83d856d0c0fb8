"""Dress Snakemake's rule graph for print: one colour per part, no rainbow. Reads and writes dot.

Snakemake numbers and orders rules anew each time; here they go by name, so that the same rules give the same picture.

usage: snakemake --rulegraph | python scripts/maintenance/rulegraph.py | dot -Tsvg
"""

import re
import sys

FILLS = {
    "tcr": "#CFE8F7",
    "sci_car": "#D5EFDF",
    "slide_seq": "#FBE3D0",
    "fly_brain": "#F3DCEB",
    "dentate_gyrus": "#E2DDF3",
    "gastrulation": "#DCEFF0",
    "a549": "#F5DEDC",
    "sketching": "#F7F1C6",
    "report": "#E4E4E4",
    "provenance": "#E4E4E4",
    "all": "#F7E7B0",
}


def dressed(dot: str) -> str:
    """The graph with plain edges and filled boxes."""
    names = dict(re.findall(r'^\s*(\d+)\[label = "([^"]*)"', dot, re.M))
    edges = re.findall(r"^\s*(\d+) -> (\d+)", dot, re.M)
    boxes = "\n".join(f'"{name}" [fillcolor="{fill(name)}"];' for name in sorted(names.values()))
    arrows = "\n".join(sorted(f'"{names[before]}" -> "{names[after]}";' for before, after in edges))
    return f"""digraph rules {{
graph [bgcolor=white, margin=0];
node [shape=box, style="filled,rounded", color="#666666", fontname=sans, fontsize=10];
edge [color=grey];
{boxes}
{arrows}
}}
"""


def fill(rule: str) -> str:
    """The colour of a rule's part; white for what serves several parts."""
    return next((colour for part, colour in FILLS.items() if rule.startswith(part)), "#FFFFFF")


if __name__ == "__main__":
    sys.stdout.write(dressed(sys.stdin.read()))
