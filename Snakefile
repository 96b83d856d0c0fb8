"""Schema (Singh et al., Genome Biology 2021), reproduced: see README.md, and config/README.md for every key.

Targets: all (the default: figures, ledger, report and provenance of the configured parts), <part> (one part's figures).
On cells of one's own, outside the default: own (an .h5ad, .h5mu or zarr store of any size).
Measurements, outside the default: scaling (the core against the released package), own_growth (own from 1e5 to 5e6 rows).
"""

from snakemake.utils import min_version

min_version("9.0")


configfile: f"{workflow.current_basedir}/config/config.yaml"


include: "rules/common.smk"


if config["container"]:

    containerized: config["container"]


include: "rules/fetch.smk"
include: "rules/at_hand.smk"
include: "rules/gene_sets.smk"
include: "rules/parts.smk"


for part in config["parts"]:

    include: f"rules/{part}.smk"


PARTS = [part for part in config["parts"] if part not in NOT_RUN]
leave_out(NOT_RUN)


include: "rules/own.smk"
include: "rules/benchmarks.smk"
include: "rules/provenance.smk"
include: "rules/report.smk"


rule all:
    default_target: True
    input:
        f"{RESULTS}/index.html",
        f"{RESULTS}/report.html",
        f"{RESULTS}/ro-crate-metadata.json",
    localrule: True


rule contents:
    """What the report shows, and every table behind it."""
    input:
        CONTENTS,
    localrule: True


# What a rule runs is a param of it, by content: an edit makes again what the file made, wherever the checkout stands.
for step in workflow.rules:
    complete(step)
