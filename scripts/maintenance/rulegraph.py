"""Dress Snakemake's rule graph for print: one colour per part, no rainbow. Reads and writes dot.

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
    "gastrulation": "#E6E0F5",
    "sketching": "#F7F1C6",
    "report": "#E4E4E4",
    "provenance": "#E4E4E4",
    "all": "#F7E7B0",
}


def dressed(dot: str) -> str:
    """The graph with plain edges and filled boxes; anything before the graph itself is dropped."""
    dot = dot[dot.index("digraph") :]
    dot = re.sub(r'color = "[^"]*", style="[^"]*"', "", dot)

    def fill(match: re.Match) -> str:
        colour = next((fill for part, fill in FILLS.items() if match["label"].startswith(part)), "#FFFFFF")
        return f'label = "{match["label"]}", style="filled,rounded", fillcolor="{colour}", color="#666666"'

    dot = re.sub(r'label = "(?P<label>[^"]*)"(?:, )?', fill, dot)
    return dot.replace("penwidth=2", "penwidth=1")


if __name__ == "__main__":
    sys.stdout.write(dressed(sys.stdin.read()))
