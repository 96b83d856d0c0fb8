"""The figure on one's own cells, and the page that shows it with the summary and the tables."""

from collections.abc import Mapping
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from jinja2 import Environment, StrictUndefined

from plotting import COLOURS, house_style, save_figure
from plotting.style import FULL_WIDTH
from running import read_table, step, whole_file

TEMPLATE = Path(__file__).with_name("page.html.j2")
MOST = 15  # features that are shown
STYLES = [
    (COLOURS[name], marker) for name, marker in zip(("blue", "vermilion", "green", "purple"), "os^D", strict=True)
]


def draw(tables: Mapping[str, pd.DataFrame], s: float) -> plt.Figure:
    """a: weights with standard errors; b: the path over s; c: gain against shuffled cells; d: methods, if compared."""
    figure, axes = plt.subplots(2, 2, figsize=(FULL_WIDTH, 5.6), layout="constrained")
    (weights, path), (control, methods) = axes
    best = tables["stability"].nlargest(MOST, "weight")[::-1]
    weights.errorbar(best["weight"], range(len(best)), xerr=best["weight_se"], fmt="o", color=COLOURS["blue"], lw=1)
    weights.set_yticks(range(len(best)), best["feature"])
    weights.axvline(1, color=COLOURS["grey"], linewidth=0.8)
    left = len(tables["stability"]) - len(best)
    weights.set(
        xlabel="weight (mean 1) ± standard error", title=f"largest weights{f' ({left} smaller)' if left else ''}"
    )
    for j, name in enumerate(tables["correlations"]["modality"]):
        colour, marker = STYLES[j % len(STYLES)]
        path.plot(tables["path"]["s"], tables["path"][f"after: {name}"], color=colour, marker=marker, label=name)
        path.axhline(tables["path"][f"before: {name}"].iloc[0], color=colour, linestyle=":", linewidth=0.8)
    path.axvline(s, color=COLOURS["grey"], linewidth=0.8)
    path.set(
        xlabel="s, least correlation kept", ylabel="correlation of distances", title="path (dotted: equal weights)"
    )
    path.legend()
    gains = tables["control"]
    shuffled = gains.loc[gains["cells"] == "shuffled", "gain"]
    control.hist(shuffled, bins=min(15, len(shuffled)), color=COLOURS["grey"], label="shuffled cells")
    p = gains["p_value"].iloc[0]
    control.axvline(gains["gain"].iloc[0], color=COLOURS["vermilion"], label=f"as they are (p = {p:.2g})")
    control.set(xlabel="gain of correlation", ylabel="shuffles", title="control")
    control.legend()
    if "comparison" in tables:
        done = tables["comparison"].query("state == 'done'")[::-1]
        rows = np.arange(len(done))
        spread = [done["ari"] - done["ari_low"], done["ari_high"] - done["ari"]]
        methods.errorbar(done["ari"], rows + 0.12, xerr=spread, fmt="o", color=COLOURS["blue"], label="ARI")
        methods.plot(done["nmi"], rows - 0.12, "s", color=COLOURS["vermilion"], label="NMI")
        methods.set_yticks(rows, done["label"])
        methods.set(xlabel="agreement with the labels", title="comparison (range over Leiden seeds)")
        methods.legend()
    else:
        methods.set_axis_off()
        methods.text(0.5, 0.5, "no labels were named,\nso methods are not compared", ha="center", va="center")
    for one, text in zip(axes.flat, "abcd", strict=True):
        one.set_title(f"{text}  {one.get_title(loc='left')}".rstrip())
    return figure


def page(title: str, summary: str, svg: str, tables: Mapping[str, pd.DataFrame]) -> str:
    """HTML that needs no network."""
    environment = Environment(undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    shown = {
        name: (
            list(table.columns),
            table.map(lambda one: f"{one:.4g}" if isinstance(one, float) else one).values.tolist(),
        )
        for name, table in tables.items()
    }
    return template.render(title=title, summary=summary, svg=svg, tables=shown)


if __name__ == "__main__":
    with step(snakemake), house_style():
        inputs, out, params = snakemake.input, snakemake.output, snakemake.params
        names = [
            "weights",
            "path",
            "correlations",
            "control",
            "stability",
            *(["comparison"] if inputs.comparison else []),
        ]
        tables = {name: read_table(str(inputs[name])) for name in names}
        data = pd.concat([table.assign(table=name) for name, table in tables.items() if name != "weights"])
        save_figure(draw(tables, params.s), data, out.svg, out.png, out.tsv, simulated=params.simulated)
        svg = Path(out.svg).read_text(encoding="utf-8")
        svg = svg[svg.index("<svg") :]
        shown = {name: tables[name] for name in ("comparison", "correlations", "path") if name in tables}
        shown["largest weights"] = tables["stability"].nlargest(MOST, "weight")
        text = page(
            f"Schema on {Path(params.file).name}: {params.features}", Path(inputs.summary).read_text(), svg, shown
        )
        with whole_file(out.page) as part:
            part.write_text(text, encoding="utf-8")
