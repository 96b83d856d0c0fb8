"""Where a run's results come from: its config, a copy of the workflow, jobs, inputs, version and machine, and all of
them as a research object (RO-Crate, Provenance Run Crate profile).

Requires: claims/<part>.tsv and the figures of each configured part; for the crate, the report.
Makes: config.yaml, workflow/, jobs.json, inputs.tsv, run.tsv, software.tsv and ro-crate-metadata.json under
results/<run>/. No param here holds the commit, the command or the time: a new commit alone makes nothing again.
"""

import json

from provenance.places import workflow_files

# Captions too: Snakemake reads them for whatever it reports on a figure.
CAPTIONS["workflow"] = ("report/workflow.rst", {key: config[key] for key in ("run", "data")} | {"parts": PARTS})
FOUND = [
    *(f"{RESULTS}/claims/{part}.tsv" for part in PARTS),
    *(file for part in PARTS for file in FIGURES[part]),
    *(f"{RESULTS}/captions/{name}.rst" for name in CAPTIONS),
    f"{RESULTS}/claims.tsv",
    f"{RESULTS}/variants.tsv",
    *PLANTED.values(),
]


rule provenance_config:
    output:
        f"{RESULTS}/config.yaml",
    log:
        **logs("provenance/config"),
    localrule: True
    conda:
        "../envs/report.yaml"
    params:
        # in one order, whatever overlays it comes from: another order would be another param
        config=json.loads(json.dumps(config | dict.fromkeys(TOLD), sort_keys=True)),
    message:
        "Saving the config"
    script:
        "../scripts/provenance/write_config.py"


rule provenance_workflow:
    input:
        config=f"{RESULTS}/config.yaml",
    output:
        kept=directory(f"{RESULTS}/workflow"),
        version=f"{RESULTS}/version.tsv",
    log:
        **logs("provenance/workflow"),
    localrule: True
    conda:
        "../envs/report.yaml"
    params:
        *fingerprints(*(SCRIPTS.parent / file for file in workflow_files(SCRIPTS.parent)), alone=True),
    message:
        "Keeping a copy of the workflow, and its version"
    script:
        "../scripts/provenance/copy_workflow.py"


rule provenance_jobs:
    input:
        targets=FOUND,
        config=f"{RESULTS}/config.yaml",
    output:
        f"{RESULTS}/jobs.json",
    log:
        **logs("provenance/jobs"),
    localrule: True
    conda:
        "../envs/report.yaml"
    params:
        *code("snakemake_report_plugin_jobs/__init__.py"),
    message:
        "Listing the jobs behind the figures and the ledger"
    script:
        "../scripts/provenance/write_jobs.py"


rule provenance_inputs:
    input:
        jobs=f"{RESULTS}/jobs.json",
    output:
        f"{RESULTS}/inputs.tsv",
    log:
        **logs("provenance/inputs"),
    params:
        simulated=f"simulated, seed {config['seed']}" if SIMULATED else None,
    message:
        "Taking the hashes of the files that were read"
    script:
        "../scripts/provenance/inputs.py"


rule provenance_software:
    input:
        jobs=f"{RESULTS}/jobs.json",
    output:
        software=f"{RESULTS}/software.tsv",
        machine=f"{RESULTS}/machine.tsv",
    log:
        **logs("provenance/software"),
    message:
        "Listing the software and the machine of this run"
    script:
        "../scripts/provenance/software.py"


rule provenance_run:
    input:
        jobs=f"{RESULTS}/jobs.json",
        config=f"{RESULTS}/config.yaml",
        version=f"{RESULTS}/version.tsv",
        machine=f"{RESULTS}/machine.tsv",
    output:
        f"{RESULTS}/run.tsv",
    log:
        **logs("provenance/run"),
    localrule: True
    conda:
        "../envs/report.yaml"
    message:
        "Writing down version, seeds and machine of this run"
    script:
        "../scripts/provenance/run.py"


rule provenance_crate:
    input:
        results=[
            *FOUND,
            *(f"{RESULTS}/{table}.tsv" for table in ("inputs", "run", "software", "run_times")),
            f"{RESULTS}/jobs.json",
            f"{RESULTS}/report.html",
            f"{RESULTS}/index.html",
            *(f"{RESULTS}/scorecard.{suffix}" for suffix in FIGURE_FILES),
        ],
        config=f"{RESULTS}/config.yaml",
        workflow=f"{RESULTS}/workflow",
    output:
        f"{RESULTS}/ro-crate-metadata.json",
    log:
        **logs("provenance/crate"),
    localrule: True
    conda:
        "../envs/report.yaml"
    message:
        "Describing the run as a research object"
    script:
        "../scripts/provenance/crate.py"
