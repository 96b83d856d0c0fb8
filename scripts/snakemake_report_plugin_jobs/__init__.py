"""A reporter of Snakemake that writes what its jobs were, for provenance: rule, script, times, inputs and outputs.

Snakemake finds a reporter by the name of its package: ``snakemake --reporter jobs --report-jobs-path FILE``. Times
are those that Snakemake keeps of each output; they are null where it has forgotten them (``--drop-metadata``).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from snakemake_interface_report_plugins.reporter import ReporterBase
from snakemake_interface_report_plugins.settings import ReportSettingsBase

from provenance.places import WORKFLOW, Places

CODE = re.compile(r"\S+ [0-9a-f]{16}")


@dataclass
class ReportSettings(ReportSettingsBase):
    """Command line of the reporter: ``--report-jobs-path``."""

    path: str = field(default="jobs.json", metadata={"help": "The JSON file to write."})


class Reporter(ReporterBase):
    """Writes a list of jobs, sorted by rule and first output; a job without outputs made nothing and is left out."""

    def render(self) -> None:
        """Write the list to the path of the settings."""
        workflow = self.dag.workflow
        config = workflow.config
        shared = config["sources"] if config["data"] == "published" else None
        places = Places(f"results/{config['run']}", config["mirror"], sources=shared)
        jobs = [job for level in self.dag.toposorted() for job in level if job.output]
        records = sorted((record(job, workflow.persistence, places) for job in jobs), key=_order)
        Path(self.settings.path).write_text(json.dumps(records, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def record(job: Any, persistence: Any, places: Places) -> dict:
    """One job: names of places as :class:`Places` gives them, times in UTC as ISO 8601 or None."""
    kept = [persistence.metadata(output) for output in job.output]
    script = job.rule.script and job.rule.basedir.join(job.rule.script).get_path_or_uri(secret_free=True)
    return {
        "rule": job.rule.name,
        "wildcards": dict(job.wildcards_dict),
        "threads": job.threads,
        "script": script and places.name(script),
        "started": _iso(min(_times(kept, "starttime"), default=None)),
        "ended": _iso(max(_times(kept, "endtime"), default=None)),
        "inputs": [places.name(path) for path in job.input],
        "outputs": [places.name(path) for path in job.output],
        "code": sorted({name for param in job.params for name in _code(param)}),
        "usage": places.name(job.log.usage) if "usage" in job.log.keys() else None,  # noqa: SIM118
    }


def _code(param: Any) -> list[str]:
    """The files of the workflow that a param stands for (``code`` in rules/common.smk); none for any other."""
    marks = param if isinstance(param, list) else [param]
    return [f"{WORKFLOW}/{mark.split()[0]}" for mark in marks if isinstance(mark, str) and CODE.fullmatch(mark)]


def _times(kept: list, which: str) -> Iterator[float]:
    return (entry[which] for entry in kept if entry and entry[which] is not None)


def _iso(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _order(job: dict) -> tuple[str, str]:
    return job["rule"], job["outputs"][0]
