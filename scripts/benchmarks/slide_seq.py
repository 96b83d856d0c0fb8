"""Table S1: time and memory of Schema on one puck, step by step, and of the same with other code beside it."""

from pathlib import Path

import pandas as pd

from evaluation.ledger import read_claims
from evaluation.values import SIMULATED
from evaluation.verdict import UNDECIDED, Range, verdict
from running import read_table, step, write_table
from running.usage import read_usage

TOTAL = "all steps"


def scale_table(files: list[str], beside: list[str]) -> pd.DataFrame:
    """Rows (step, part, seconds, cpu_seconds, peak_gb): the steps of Schema one after the other, and what is beside it.

    files : usage of each step, named <step>.json; beside : those that are not Schema's
    """
    rows = []
    for path in map(Path, files):
        used = read_usage(path)
        part = "beside" if path.stem in beside else "Schema"
        rows.append((path.stem, part, used.seconds, used.cpu_seconds, used.peak_mb / 1000))
    table = pd.DataFrame(rows, columns=["step", "part", "seconds", "cpu_seconds", "peak_gb"])
    ours = table[table["part"] == "Schema"]
    total = [TOTAL, "Schema", ours["seconds"].sum(), ours["cpu_seconds"].sum(), ours["peak_gb"].max()]
    return pd.concat([table, pd.DataFrame([total], columns=table.columns)], ignore_index=True)


def scale_claims(table: pd.DataFrame, claims: dict[str, dict], size: str) -> pd.DataFrame:
    """The two numbers of Table S1 with our values, and what the comparison would say of a real puck."""
    total = table.set_index("step").loc[TOTAL]
    ours = {"scale.time": total["seconds"] / 60, "scale.memory": total["peak_gb"]}
    rows = []
    for name, value in ours.items():
        claim = claims[name]
        row = {"id": name, "quantity": claim["quantity"], "paper": claim["paper"], "ours": value}
        said = f"on simulated data of {size}: {verdict(claim, value, Range.of(value))}"
        rows.append(row | {"scope": SIMULATED, "verdict": UNDECIDED, "reason": said})
    return pd.DataFrame(rows)


if __name__ == "__main__":
    with step(snakemake):
        inputs, outputs, params = snakemake.input, snakemake.output, snakemake.params
        table = scale_table(inputs.usage, params.beside)
        counted = read_table(inputs.summary).set_index("quantity")["value"]
        size = f"{counted['beads_kept']:.0f} beads x {counted['genes_kept']:.0f} genes"
        claims = scale_claims(table, read_claims()["slide_seq"], size)
        for name, one in {"table": table, "claims": claims}.items():
            write_table(one, outputs[name])
