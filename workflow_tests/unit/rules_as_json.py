"""Print the rules of the workflow as Snakemake itself understands them: what a regular expression would have to guess.

usage: python rules_as_json.py OVERLAY_FILE...   (in a folder that it may use as its working directory)
"""

import json
import re
import sys
from pathlib import Path

from snakemake.api import SnakemakeApi
from snakemake.settings.types import ConfigSettings, OutputSettings, Quietness, ResourceSettings

REPOSITORY = Path(__file__).resolve().parents[2]
CODE = re.compile(r"\S+ [0-9a-f]{16}")  # name and hash of a file that a rule runs


def rules(overlays: list[str]) -> list[dict]:
    """Name, script, environment (paths relative to rules/), whether there is a log and a message, resources, place,
    and the files that it runs.
    """
    config = ConfigSettings(configfiles=[Path(overlay) for overlay in overlays])
    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        workflow = api.workflow(ResourceSettings(cores=1), config, snakefile=REPOSITORY / "Snakefile")._workflow
        return [
            {
                "name": rule.name,
                "script": rule.script,
                "environment": rule.conda_env,
                "has_log": bool(rule.log),
                "has_message": bool(rule.message),
                "container": rule.container_img,
                "code": [mark.split()[0] for mark in rule.params if isinstance(mark, str) and CODE.fullmatch(mark)],
                "resources": sorted(rule.resources),
                "on_the_submitting_host": rule.name in workflow._localrules,
            }
            for rule in workflow.rules
        ]


if __name__ == "__main__":
    json.dump(rules(sys.argv[1:]), sys.stdout)
