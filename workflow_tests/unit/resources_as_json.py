"""Print the memory and time that the rules ask for at the sizes of the last rehearsal, beside what its jobs took.

usage: python resources_as_json.py JOBS_TABLE   (in a folder that it may use as its working directory)
"""

import inspect
import json
import sys
from pathlib import Path
from types import SimpleNamespace

from snakemake.api import SnakemakeApi
from snakemake.iocontainers import Wildcards
from snakemake.settings.types import ConfigSettings, OutputSettings, Quietness, ResourceSettings

from running import read_table

REPOSITORY = Path(__file__).resolve().parents[2]


def asked(jobs: Path) -> list[dict]:
    """The rows of the table; ``mem_mb`` and ``runtime`` are what the rule asks for, None where it leaves that to the
    profile, and ``known`` says whether there still is such a rule.
    """
    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        settings = ResourceSettings(cores=1), ConfigSettings()
        workflow = api.workflow(*settings, snakefile=REPOSITORY / "Snakefile")._workflow
        rules = {rule.name: rule for rule in workflow.rules}
        rows = read_table(jobs).to_dict("records")
        for row in rows:
            rule = rules.get(row["rule"])
            row["known"] = rule is not None
            row |= {name: rule and _value(rule.resources.get(name), row) for name in ("mem_mb", "runtime")}
        return rows


def _value(resource, row: dict) -> float | None:
    ask = resource and resource._evaluator
    if ask is None:
        return resource and resource.value
    given = {
        "wildcards": Wildcards(fromdict=json.loads(row["wildcards"])),
        "input": SimpleNamespace(size_mb=row["input_mb"]),
        "attempt": 1,
    }
    return ask(**{name: given[name] for name in inspect.signature(ask).parameters})


if __name__ == "__main__":
    json.dump(asked(Path(sys.argv[1])), sys.stdout)
