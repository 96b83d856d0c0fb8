"""Published files, verified: results/<run>/sources/<dataset>/<file>, and beside each a receipt (origin, hash, date).

Requires: config/datasets.yaml, and `mirror` or the internet. A file that was put in place by hand is verified and
used. Fetch rules run on the submitting host, since cluster nodes often have no internet. For simulated data each
part has a rule of its own that writes the same files.
"""

if not SIMULATED:

    rule fetch:
        output:  # update: a file that stands there already is kept, to be verified
            file=update(f"{SOURCES}/{{dataset}}/{{file}}"),
            receipt=f"{SOURCES}/{{dataset}}/{{file}}.receipt.yaml",
        log:
            f"{RESULTS}/logs/sources/{{dataset}}/{{file}}.log",
        localrule: True
        conda:
            "../envs/core.yaml"
        params:
            dataset=lambda wildcards: wildcards.dataset,
            name=lambda wildcards: wildcards.file,
            registry=BASE / "config/datasets.yaml",
            mirror=config["mirror"],
            pins=f"{SOURCES}/pins.yaml",
            attempts=config["fetch"]["attempts"],
            timeout=config["fetch"]["timeout_seconds"],
        message:
            "Fetching {wildcards.file} of {wildcards.dataset} (mirror: {params.mirror})"
        script:
            "../scripts/sources/fetch_file.py"
