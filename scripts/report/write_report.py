"""Snakemake's own report on a finished run: self-contained HTML, from the figures and tables that rules marked."""

from pathlib import Path

from provenance.places import ROOT
from provenance.write_jobs import report_on
from running import step, whole_file


def write_report(configfile: Path, target: str, report: Path) -> None:
    """Write the report on the files that rule ``target`` asks for; places on this machine are left out of it."""
    with whole_file(report) as part:
        report_on(configfile, [target], "--report", str(part))
        text = part.read_text(encoding="utf-8")
        for place in (ROOT, Path.cwd()):  # it lists the inputs of rules as these name them
            text = text.replace(f"{place}/", "")
        part.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    with step(snakemake):
        write_report(Path(snakemake.input.config), snakemake.params.target, Path(snakemake.output[0]))
