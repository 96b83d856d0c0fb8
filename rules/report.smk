"""The ledger of claims, the scorecard, the page, and Snakemake's report, filled from this run.

Requires: claims/<part>.tsv and the figures of each configured part, of simulated data planted/<part>.tsv; inputs.tsv,
run.tsv and software.tsv (provenance). Makes: claims.tsv, variants.tsv, run_times.tsv, scorecard.{svg,png,tsv,txt},
index.html and report.html under results/<run>/. These are local rules: text from small tables, in about a second each,
is not worth a job of a cluster.
"""

CONTENTS = [
    *FOUND,
    *(f"{RESULTS}/scorecard.{suffix}" for suffix in (*FIGURE_FILES, "txt")),
]


report: Path.cwd() / RESULTS / "captions/workflow.rst"


rule report_ledger:
    input:
        **{part: SCOPES[part] for part in PARTS},
        claims=[f"{RESULTS}/claims/{part}.tsv" for part in PARTS],
    output:
        variants=f"{RESULTS}/variants.tsv",
        claims=f"{RESULTS}/claims.tsv",
    log:
        **logs("report/ledger"),
    localrule: True
    params:
        parts=PARTS,
        not_run=NOT_RUN,
        libraries=LIBRARY_SCOPES,
        simulated=SIMULATED,
    message:
        "Holding the values of {params.parts} against the paper's"
    script:
        "../scripts/evaluation/ledger.py"


rule report_run_times:
    input:
        jobs=f"{RESULTS}/jobs.json",
    output:
        f"{RESULTS}/run_times.tsv",
    log:
        **logs("report/run_times"),
    localrule: True
    message:
        "Collecting what the jobs of this run took"
    script:
        "../scripts/report/run_times.py"


rule report_scorecard:
    input:
        PLANTED.values() if SIMULATED else f"{RESULTS}/claims.tsv",
    output:
        **{suffix: f"{RESULTS}/scorecard.{suffix}" for suffix in ("png", "tsv")},
        svg=report(f"{RESULTS}/scorecard.svg", category="Scorecard", labels={"figure": "scorecard"}),
        words=f"{RESULTS}/scorecard.txt",
    log:
        **logs("report/scorecard"),
    localrule: True
    params:
        titles={part: TITLES[part] for part in (PLANTED if SIMULATED else TITLES)},
        simulated=SIMULATED,
    message:
        "Drawing the scorecard"
    script:
        "../scripts/report/scorecard.py"


rule report_index:
    input:
        PLANTED.values(),
        *(f"{RESULTS}/{table}.tsv" for table in ("claims", "variants", "inputs", "run", "software", "run_times")),
        *(f"{RESULTS}/figures/{figure}.png" for figure in REPORTED),
        *(f"{RESULTS}/captions/{figure}.rst" for figure in REPORTED),
    output:
        f"{RESULTS}/index.html",
    log:
        **logs("report/index"),
    localrule: True
    params:
        simulated=SIMULATED,
        titles=TITLES,
        not_run=NOT_RUN,
        figures={name: {"part": part, "panels": panels} for name, (part, _, panels) in REPORTED.items()},
        available=sorted(file.parent.name for file in SCRIPTS.glob("*/claims.py")),
    message:
        "Writing the page"
    script:
        "../scripts/report/index.py"


rule report_captions:
    input:
        variants=f"{RESULTS}/variants.tsv",
        claims=f"{RESULTS}/claims.tsv",
    output:
        expand(f"{RESULTS}/captions/{{figure}}.rst", figure=CAPTIONS),
    log:
        **logs("report/captions"),
    localrule: True
    params:
        code(*(template for template, _ in CAPTIONS.values())),
        captions=list(CAPTIONS.values()),
    message:
        "Filling the captions from the ledger"
    script:
        "../scripts/report/captions.py"


rule report:
    input:
        CONTENTS,
        config=f"{RESULTS}/config.yaml",
    output:
        f"{RESULTS}/report.html",
    log:
        **logs("report/report"),
    localrule: True
    conda:
        "../envs/report.yaml"
    params:
        target="contents",
    message:
        "Writing the report"
    script:
        "../scripts/report/write_report.py"
