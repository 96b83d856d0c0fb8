"""Gastrulation (Fig S1): developmental age kept and batch removed at once, beside MOFA+; and the rankings of genes.

Requires: the archive of the atlas of gastrulation (gastrulation in config/datasets.yaml), which is streamed. Makes:
figures/figureS1.{svg,png,tsv} and claims/gastrulation.tsv under results/<run>/; tables under results/<run>/gastrulation/.
"""

from gastrulation.methods.table import METHODS as GASTRULATION_METHODS

GASTRULATION = f"{RESULTS}/gastrulation"
GASTRULATION_ARCHIVE = source("gastrulation", "atlas_data.tar.gz")
GASTRULATION_SAMPLES = {stage: pair for stage, pair in config["gastrulation"]["samples"].items() if pair}
GASTRULATION_TABLES = ("scores", "agreement", "overlap", "genes", "costs", "tests")
GASTRULATION_PAPER = 16_152  # cells

if len({float(stage[1:]) for stage in GASTRULATION_SAMPLES}) < max(2, len(GASTRULATION_SAMPLES)):
    raise WorkflowError(f"gastrulation.samples: {list(GASTRULATION_SAMPLES)} are not two or more different stages")
if config["gastrulation"]["shown"] not in config["gastrulation"]["min_correlations"]:
    raise WorkflowError("gastrulation.shown: is not among gastrulation.min_correlations; add it there")


simulate(
    "gastrulation",
    params={"settings": config["simulate"]["gastrulation"]},
    archive=GASTRULATION_ARCHIVE,
    truth=source("gastrulation", "truth.json"),
)


rule gastrulation_load:
    input:
        archive=GASTRULATION_ARCHIVE,
        receipts=receipts(GASTRULATION_ARCHIVE),
    output:
        **tables(GASTRULATION, "candidates", "scope"),
        cells=f"{GASTRULATION}/cells.h5ad",
    log:
        **logs("gastrulation/load"),
    resources:
        mem_mb=scaled(1000, per_input=3),
        runtime=minutes(120),
    params:
        samples=GASTRULATION_SAMPLES,
        filter=config["gastrulation"]["filter"],
        min_cells=config["gastrulation"]["min_cells"],
        paper=GASTRULATION_PAPER,
        published=published("gastrulation", archive=GASTRULATION_ARCHIVE),
    message:
        "Reading the cells of the samples {params.samples}: {params.filter}"
    script:
        "../scripts/gastrulation/load.py"


for environment in sorted({GASTRULATION_METHODS[name].environment for name in config["gastrulation"]["methods"]}):

    rule:
        name:
            f"gastrulation_fit_{environment}"
        input:
            cells=f"{GASTRULATION}/cells.h5ad",
        output:
            fits=f"{GASTRULATION}/fits/{{method}}.h5ad",
            status=f"{GASTRULATION}/fits/{{method}}.json",
        log:
            **logs("gastrulation/fits/{method}"),
        wildcard_constraints:
            method="|".join(name for name, one in GASTRULATION_METHODS.items() if one.environment == environment),
        conda:
            f"../envs/{environment}.yaml"
        resources:
            mem_mb=scaled(2000, per_input=20),
            runtime=minutes(480),
        params:
            lambda wildcards: code(f"gastrulation/methods/{GASTRULATION_METHODS[wildcards.method].module}.py"),
            module=lambda wildcards: GASTRULATION_METHODS[wildcards.method].module,
            settings=lambda wildcards: {
                key: config["gastrulation"][key]
                for key in ("genes", "pairs", *GASTRULATION_METHODS[wildcards.method].needs)
            },
            seed=config["seed"],
        message:
            "Placing cells and ranking genes by {wildcards.method}: {params.settings}"
        script:
            "../scripts/gastrulation/run_method.py"


rule gastrulation_score:
    input:
        cells=f"{GASTRULATION}/cells.h5ad",
        fits=expand(f"{GASTRULATION}/fits/{{method}}.h5ad", method=config["gastrulation"]["methods"]),
        statuses=expand(f"{GASTRULATION}/fits/{{method}}.json", method=config["gastrulation"]["methods"]),
    output:
        **tables(GASTRULATION, *GASTRULATION_TABLES),
    log:
        **logs("gastrulation/score"),
    resources:
        mem_mb=scaled(1000, per_input=10),
    params:
        methods=config["gastrulation"]["methods"],
        settings={"genes": config["gastrulation"]["genes"], "tops": config["gastrulation"]["tops"]}
        | config["gastrulation"]["scores"],
        seed=config["seed"],
    message:
        "Scoring {params.methods}: {params.settings}"
    script:
        "../scripts/gastrulation/score.py"


add_figures(
    "gastrulation",
    "Figure S1: gastrulation",
    {"figureS1": "stage, batch and genes"},
    settings=config["gastrulation"],
)

draw(
    "gastrulation",
    "figureS1",
    params={"shown": config["gastrulation"]["shown"], "top": config["gastrulation"]["tops"][0]},
    fits=f"{GASTRULATION}/fits/schema.h5ad",
    **tables(GASTRULATION, "scores", "agreement", "overlap"),
)

claim(
    "gastrulation",
    params={"paper": GASTRULATION_PAPER},
    scope=[f"{GASTRULATION}/scope.tsv"],
    **tables(GASTRULATION, "candidates", "scores", "agreement", "overlap", "costs"),
)

planted(
    "gastrulation",
    params={"shown": config["gastrulation"]["shown"]},
    truth=source("gastrulation", "truth.json"),
    **tables(GASTRULATION, "candidates", "scores", "genes", "agreement"),
)
