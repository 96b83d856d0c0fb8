"""The ledger of claims, and the report: figures by paper figure, captions and tables filled from this run.

Requires: claims/<part>.tsv and the figures of each configured part; inputs.tsv, run.tsv and software.tsv (provenance).
Makes: claims.tsv, variants.tsv, run_times.tsv and report.html under results/<run>/. These are local rules: text from
small tables, in about a second each, is not worth a job of a cluster.
"""

PAGES = {
    "claims": (
        "The paper's numbers and ours",
        "What the paper says, by figure, and ours beside it, done as the paper's text describes it. low to high is the "
        "range of ours over what is random. Reproduced: the paper's value lies in it, within the stated tolerance, and "
        "what the paper says of order or sign holds for all of it. Direction only: that holds, the value is off. Not "
        "distinguishable: ranges meet, or ours may be nothing. Differs: none of these. Undecided: the data are not the "
        "paper's, and the reason begins with what the comparison says. above_control: whether ours exceeds its control.",
    ),
    "variants": ("Variants", "The same for every variant that was run; ids of controls begin with control."),
    "inputs": (
        "Inputs",
        "Every file that the run read, where this copy came from, and its hash. A publisher's file was checked when it "
        "was fetched, and has the same hash still. inputs.tsv also says against what it was checked, its address, and "
        "what to cite.",
    ),
    "run": (
        "The run",
        "The version of the workflow, its config and seeds, and the machine. The code as it ran is in "
        "results/<run>/workflow. Which job made each file, and from what, is in ro-crate-metadata.json.",
    ),
    "software": (
        "Software",
        "Python and the packages of every environment that a job of this run was in; by rule where they differ.",
    ),
    "run_times": ("Run times", "Wall time, processor time and peak memory of every job of this run, slowest first."),
}


SHOWN = {"inputs": ["file", "dataset", "bytes", "sha256", "origin", "licence", "date"]}  # of other pages, every column
CONTENTS = [
    *FOUND,
    *(f"{RESULTS}/report/{page}.html" for page in PAGES),
]


report: Path.cwd() / RESULTS / "captions/workflow.rst"


rule report_ledger:
    input:
        **{part: SCOPES[part] for part in config["parts"]},
        claims=[f"{RESULTS}/claims/{part}.tsv" for part in config["parts"]],
    output:
        variants=f"{RESULTS}/variants.tsv",
        claims=f"{RESULTS}/claims.tsv",
    log:
        **logs("report/ledger"),
    localrule: True
    params:
        parts=config["parts"],
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


rule report_page:
    input:
        f"{RESULTS}/{{page}}.tsv",
    output:
        report(f"{RESULTS}/report/{{page}}.html", category="Ledger and run", labels={"table": "{page}"}),
    log:
        **logs("report/{page}_page"),
    wildcard_constraints:
        page="|".join(PAGES),
    localrule: True
    params:
        title=lambda wildcards: PAGES[wildcards.page][0],
        text=lambda wildcards: PAGES[wildcards.page][1],
        columns=lambda wildcards: SHOWN.get(wildcards.page),
    message:
        "Writing the page {params.title!r}"
    script:
        "../scripts/report/page.py"


rule report_caption:
    input:
        variants=f"{RESULTS}/variants.tsv",
        claims=f"{RESULTS}/claims.tsv",
    output:
        f"{RESULTS}/captions/{{figure}}.rst",
    log:
        **logs("captions/{figure}"),
    wildcard_constraints:
        figure="|".join(CAPTIONS),
    localrule: True
    params:
        lambda wildcards: code(CAPTIONS[wildcards.figure][0]),
        template=lambda wildcards: CAPTIONS[wildcards.figure][0],
        values=lambda wildcards: CAPTIONS[wildcards.figure][1],
    message:
        "Filling the caption {params.template} from the ledger"
    script:
        "../scripts/report/caption.py"


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
