"""Published files, verified: <sources>/<dataset>/<file> for all runs, and beside each a receipt (origin, hash, date).

Requires: config/datasets.yaml, and `mirror` or the internet. A file that was put in place by hand is verified and
used. Before the first job all files that the run needs are fetched, to know what cannot be had (sources/ahead.py); a
job of its own then verifies each. Both happen on the submitting host, since cluster nodes often have no internet. For
simulated data each part has a rule of its own that writes the same files.
"""

from running.told import tell
from sources import ahead

TOLD = ("sources", "mirror", "fetch", "verify_inputs")  # no params: they change no result
tell(**{key: config[key] for key in TOLD})

NOTE = Path(RESULTS) / "missing.json"
NOTED = ahead.noted(NOTE, SOURCES, config["mirror"]) if config["missing"] == "skip" and not SIMULATED else {}
NOT_RUN = ahead.not_run(NOTED)  # by part that is left out, why

if not SIMULATED:

    rule fetch:
        output:  # update: what stands there already is kept, to be verified
            file=update(f"{SOURCES}/{{dataset}}/{{file}}"),
            receipt=update(f"{SOURCES}/{{dataset}}/{{file}}.receipt.yaml"),
        log:
            f"{RESULTS}/logs/sources/{{dataset}}/{{file}}.log",
        wildcard_constraints:
            dataset=r"[a-z0-9_]+",
            file=r"[^/]+(?<!\.receipt\.yaml)",
        localrule: True
        message:
            "Fetching {wildcards.file} of {wildcards.dataset}"
        script:
            "../scripts/sources/fetch.py"
