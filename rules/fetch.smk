"""Published files, verified: results/<run>/sources/<dataset>/<file>, and beside each a receipt (origin, hash, date).

Requires: config/datasets.yaml, and `mirror` or the internet. A file that was put in place by hand is verified and
used. Fetch rules run on the submitting host, since cluster nodes often have no internet. For simulated data each
part has a rule of its own that writes the same files.
"""

from running.told import tell

tell(**{key: config[key] for key in ("mirror", "fetch", "verify_inputs")})

if not SIMULATED:

    rule fetch:
        output:  # update: a file that stands there already is kept, to be verified
            file=update(f"{SOURCES}/{{dataset}}/{{file}}"),
            receipt=f"{SOURCES}/{{dataset}}/{{file}}.receipt.yaml",
        log:
            **logs("sources/{dataset}/{file}"),
        wildcard_constraints:
            dataset=r"[a-z0-9_]+",
            file=r"[^/]+(?<!\.receipt\.yaml)",
        localrule: True
        message:
            "Fetching {wildcards.file} of {wildcards.dataset}"
        script:
            "../scripts/sources/fetch.py"
