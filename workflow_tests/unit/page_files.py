"""A small page for tests: a ledger with every verdict, planted effects, two figures."""

from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from report.index import content, page
from running import write_table

PARTS = {"tcr": "Figure 5: receptors", "sci_car": "Figure 2: cells"}
HOSTILE = "<script>alert('x')</script> & <b>"
COLUMNS = ["id", "part", "figure", "quantity", "variant", "paper", "ours", "low", "high", "n", "over", "control_id"]
COLUMNS += ["control", "control_low", "control_high", "above_control", "scope", "verdict", "reason"]
# id, part, paper, ours, low, high, control, above its control, verdict, reason
CLAIMS = [
    ("tcr.alpha", "tcr", "0.38", "0.4", "0.3", "0.5", "0.1", "yes", "reproduced", ""),
    ("tcr.beta", "tcr", "0.92", "0.93", "0.93", "0.93", "", "", "reproduced", ""),
    ("tcr.aa", "tcr", "0.74", "0.5", "0.4", "0.6", "0.55", "not distinguishable", "direction only", "the value is off"),
    ("tcr.aa_p", "tcr", "2e-4", "0.2", "1e-9", "0.6", "", "", "not distinguishable", "ranges meet"),
    ("tcr.cells", "tcr", "62858", "70965", "70965", "70965", "", "", "differs", HOSTILE),
    ("ari.rna", "sci_car", "0.40", "0.54", "0.5", "0.6", "", "", "undecided", "on a subset: differs; few cells"),
    ("ari.schema", "sci_car", "0.46", "0.5", "0.4", "0.6", "0.7", "no", "undecided", "on a subset: reproduced"),
    ("genes.top", "sci_car", "Pnisr, Ankrd11", "", "", "", "", "", "not run", "no value was computed"),
    ("dentate.cells", "supplement", "2930", "", "", "", "", "", "not run", "part supplement is not among the parts"),
]
PLANTED = {
    part: pd.DataFrame(rows, columns=["figure", "effect", "planted", "found", "evidence", "recovered", "reason"])
    for part, rows in {
        "tcr": [
            (
                "Fig 5c",
                "locations 4 and 5 bind",
                "0% to 46%",
                "not so: they weigh most",
                "p = 0.3",
                "no",
                "too few cells",
            ),
            ("Fig 5e", HOSTILE, "20 of them", "the same", "ρ = 0.9", "yes", ""),
        ],
        "sci_car": [("Fig 2f", "9 types differ", "25 genes each", "clusters agree", "ARI 0.5", "yes", "")],
    }.items()
}


def claims_table() -> pd.DataFrame:
    """The ledger, as text."""
    names = ["id", "part", "paper", "ours", "low", "high", "control", "above_control", "verdict", "reason"]
    table = pd.DataFrame(CLAIMS, columns=names)
    return table.assign(figure="Fig 1", quantity="quantity of " + table["id"]).reindex(columns=COLUMNS).fillna("")


def write_page(folder: Path, *, simulated: bool) -> Path:
    """Write the page and the tables that it is made from."""
    tables = {"claims": claims_table(), "variants": claims_table().drop(columns="variant").assign(solver="grid")}
    tables |= PLANTED if simulated else {}
    inputs = {"file": "sources/a.csv", "bytes": "3", "sha256": "0" * 64, "origin": HOSTILE, "licence": "", "date": ""}
    about = {
        "run": "small",
        "data": "simulated" if simulated else "published",
        "last of them ended": "2026-01-02T03:04",
    }
    about |= {"workflow, version": "0.1.0", "command": "snakemake --cores 2"}
    tables |= {
        "inputs": pd.DataFrame([inputs]),
        "run": pd.DataFrame(list(about.items()), columns=["what", "value"]),
        "software": pd.DataFrame({"what": ["numpy"], "version": ["2"]}),
        "run_times": pd.DataFrame({"job": ["a"], "seconds": [1.0]}),
    }
    files = {f"{name}.tsv": folder / f"{name}.tsv" for name in tables}
    for name, table in tables.items():
        write_table(table, folder / f"{name}.tsv")
    figures = {"figure5": {"part": "tcr", "panels": "5c"}, "figure2": {"part": "sci_car", "panels": "2a"}}
    for name in figures:
        files |= {f"{name}.{suffix}": folder / f"{name}.{suffix}" for suffix in ("png", "rst")}
        noise = np.random.default_rng(0).integers(0, 255, (90, 160, 3), dtype=np.uint8)
        Image.fromarray(noise).save(files[f"{name}.png"])
        files[f"{name}.rst"].write_text("**a**: what it shows.\n\n**b**: the rest.\n", encoding="utf-8")
    out = folder / "index.html"
    out.write_text(page(**content(PARTS, ["tcr", "sci_car"], figures, files, simulated=simulated)), encoding="utf-8")
    return out
