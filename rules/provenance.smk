"""Where a run's results come from: its config, a copy of the workflow, jobs, inputs, version and machine, and all of
them as a research object (RO-Crate, Provenance Run Crate profile).

Requires: claims/<part>.tsv and the figures of each configured part; for the crate, the report.
Makes: config.yaml, workflow/, jobs.json, inputs.tsv, run.tsv, software.tsv and ro-crate-metadata.json under
results/<run>/. No param here holds the commit, the command or the time: a new commit alone makes nothing again.
"""

from report.workflow_files import workflow_files

# Captions too: Snakemake reads them for whatever it reports on a figure.
OVERVIEW = f"{RESULTS}/captions/workflow.rst"
FOUND = [
    *(f"{RESULTS}/claims/{part}.tsv" for part in config["parts"]),
    *(file for part in config["parts"] for file in [*FIGURES[part], *FIGURE_CAPTIONS[part]]),
    f"{RESULTS}/claims.tsv",
    OVERVIEW,
]
REPORT_OF = {"snakefile": BASE / "Snakefile", "mirror": lambda wildcards: config["mirror"]}


rule provenance_config:
    output:
        f"{RESULTS}/config.yaml",
    log:
        f"{RESULTS}/logs/provenance/config.log",
    localrule: True
    conda:
        "../envs/report.yaml"
    threads: 1
    params:
        config=config | {"mirror": None},
    message:
        "Saving the config"
    script:
        "../scripts/report/write_config.py"


rule provenance_workflow:
    input:
        [str(BASE / file) for file in workflow_files(BASE)],
        config=f"{RESULTS}/config.yaml",
    output:
        kept=directory(f"{RESULTS}/workflow"),
        version=f"{RESULTS}/version.tsv",
    log:
        f"{RESULTS}/logs/provenance/workflow.log",
    localrule: True
    conda:
        "../envs/report.yaml"
    threads: 1
    params:
        workflow=BASE,
    message:
        "Keeping a copy of the workflow, and its version"
    script:
        "../scripts/report/copy_workflow.py"


rule provenance_jobs:
    input:
        targets=FOUND,
        config=f"{RESULTS}/config.yaml",
        code=code("report/write_jobs.py"),
        reporter=BASE / "scripts/snakemake_report_plugin_jobs/__init__.py",
    output:
        f"{RESULTS}/jobs.json",
    log:
        f"{RESULTS}/logs/provenance/jobs.log",
    localrule: True
    conda:
        "../envs/report.yaml"
    threads: 1
    params:
        **REPORT_OF,
    message:
        "Listing the jobs behind the figures and the ledger"
    script:
        "../scripts/report/write_jobs.py"


rule provenance_inputs:
    input:
        jobs=f"{RESULTS}/jobs.json",
        code=code("report/inputs.py"),
    output:
        f"{RESULTS}/inputs.tsv",
    log:
        f"{RESULTS}/logs/provenance/inputs.log",
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(300),
    params:
        workflow=BASE,
        mirror=lambda wildcards: config["mirror"],
        simulated=f"simulated, seed {config['seed']}" if SIMULATED else None,
    message:
        "Taking the hashes of the files that were read"
    script:
        "../scripts/report/inputs.py"


rule provenance_software:
    input:
        jobs=f"{RESULTS}/jobs.json",
        code=code("report/software.py"),
    output:
        software=f"{RESULTS}/software.tsv",
        machine=f"{RESULTS}/machine.tsv",
    log:
        f"{RESULTS}/logs/provenance/software.log",
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(300),
    message:
        "Listing the software and the machine of this run"
    script:
        "../scripts/report/software.py"


rule provenance_run:
    input:
        jobs=f"{RESULTS}/jobs.json",
        config=f"{RESULTS}/config.yaml",
        version=f"{RESULTS}/version.tsv",
        machine=f"{RESULTS}/machine.tsv",
        code=code("report/run.py"),
    output:
        f"{RESULTS}/run.tsv",
    log:
        f"{RESULTS}/logs/provenance/run.log",
    localrule: True
    conda:
        "../envs/report.yaml"
    threads: 1
    message:
        "Writing down version, seeds and machine of this run"
    script:
        "../scripts/report/run.py"


rule provenance_crate:
    input:
        results=[
            *FOUND,
            *(f"{RESULTS}/{table}.tsv" for table in ("inputs", "run", "software", "run_times")),
            f"{RESULTS}/jobs.json",
            f"{RESULTS}/report.html",
        ],
        config=f"{RESULTS}/config.yaml",
        workflow=f"{RESULTS}/workflow",
        code=code("report/crate.py"),
    output:
        f"{RESULTS}/ro-crate-metadata.json",
    log:
        f"{RESULTS}/logs/provenance/crate.log",
    localrule: True
    conda:
        "../envs/report.yaml"
    threads: 1
    message:
        "Describing the run as a research object"
    script:
        "../scripts/report/crate.py"
