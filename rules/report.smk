"""The ledger of claims, and the report: figures by paper figure, captions and tables filled from this run.

Requires: claims/<part>.tsv and the figures of each configured part; inputs.tsv, run.tsv and software.tsv (provenance).
Makes: claims.tsv, run_times.tsv and report.html under results/<run>/. These are local rules: text from small tables, in
about a second each, is not worth a job of a cluster.
"""

PAGES = {
    "claims": (
        "The paper's numbers and ours",
        "Every number that the paper prints, by figure. reproduced: within the stated tolerance; direction only: the "
        "order or sign holds, the value does not; differs: neither; not run: see the reason.",
    ),
    "inputs": (
        "Inputs",
        "Every file that the run read, from where this copy came, and its hash. A file of a publisher was verified when it "
        "was fetched, and has the same hash still; inputs.tsv says against what, its address, and what to cite.",
    ),
    "run": (
        "The run",
        "The version of the workflow, its config and seeds, and the machine. results/<run>/workflow holds the code as it "
        "ran, and ro-crate-metadata.json says for each file which job made it, from what, and its hash.",
    ),
    "software": ("Software", "Every package of the environment that the tables of this run were made in."),
    "run_times": ("Run times", "Wall time, processor time and peak memory of every job of this run, slowest first."),
}


SHOWN = {"inputs": ["file", "dataset", "bytes", "sha256", "origin", "licence", "date"]}  # of other pages, every column
CONTENTS = [
    *FOUND,
    *(f"{RESULTS}/report/{page}.html" for page in PAGES),
]


report: Path.cwd() / OVERVIEW


rule report_ledger:
    input:
        values=[f"{RESULTS}/claims/{part}.tsv" for part in config["parts"]],
        claims=BASE / "config/claims.yaml",
        code=code("evaluation/ledger.py"),
    output:
        f"{RESULTS}/claims.tsv",
    log:
        f"{RESULTS}/logs/report/ledger.log",
    localrule: True
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(300),
    params:
        parts=config["parts"],
        simulated=SIMULATED,
    message:
        "Holding the values of {params.parts} against the paper's"
    script:
        "../scripts/evaluation/ledger.py"


rule report_run_times:
    input:
        f"{RESULTS}/jobs.json",
    output:
        f"{RESULTS}/run_times.tsv",
    log:
        f"{RESULTS}/logs/report/run_times.log",
    localrule: True
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(300),
    params:
        benchmarks=f"{RESULTS}/benchmarks",
    message:
        "Collecting the run times in {params.benchmarks}"
    script:
        "../scripts/report/run_times.py"


rule report_page:
    input:
        f"{RESULTS}/{{page}}.tsv",
        template=BASE / "scripts/report/page.html.j2",
    output:
        report(f"{RESULTS}/report/{{page}}.html", category="Ledger and run", labels={"table": "{page}"}),
    log:
        f"{RESULTS}/logs/report/{{page}}_page.log",
    wildcard_constraints:
        page="|".join(PAGES),
    localrule: True
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(300),
    params:
        title=lambda wildcards: PAGES[wildcards.page][0],
        text=lambda wildcards: PAGES[wildcards.page][1],
        columns=lambda wildcards: SHOWN.get(wildcards.page),
    message:
        "Writing the page {params.title!r}"
    script:
        "../scripts/report/page.py"


rule report_overview:
    input:
        template=BASE / "scripts/report/workflow.rst",
        ledger=f"{RESULTS}/claims.tsv",
    output:
        OVERVIEW,
    log:
        f"{RESULTS}/logs/captions/workflow.log",
    localrule: True
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(300),
    params:
        values={key: config[key] for key in ("run", "data", "parts")},
    message:
        "Summing up the verdicts for the report's first page"
    script:
        "../scripts/report/caption.py"


rule report:
    input:
        CONTENTS,
        config=f"{RESULTS}/config.yaml",
    output:
        f"{RESULTS}/report.html",
    log:
        f"{RESULTS}/logs/report/report.log",
    localrule: True
    conda:
        "../envs/report.yaml"
    threads: 1
    params:
        **REPORT_OF,
        target="contents",
    message:
        "Writing the report"
    script:
        "../scripts/report/write_report.py"
