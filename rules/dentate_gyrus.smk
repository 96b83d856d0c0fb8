"""Spliced and unspliced counts (Fig S2): cells of the dentate gyrus, Schema beside scVelo and CCA.

Requires: an .h5ad with the layers spliced and unspliced, by default the one that scVelo serves (dentate_gyrus in
config/datasets.yaml). Makes: figures/figureS2.{svg,png,tsv} and claims/dentate_gyrus.tsv under results/<run>/; tables
under results/<run>/dentate_gyrus/.
"""

from dentate_gyrus.methods.table import METHODS as DENTATE_METHODS

DENTATE = f"{RESULTS}/dentate_gyrus"
DENTATE_SETTINGS = config["dentate_gyrus"]
DENTATE_KNOWN = {name: dataset for dataset in ("velocity", "dentate_gyrus") for name in REGISTRY[dataset].files}
DENTATE_FILE = Path(DENTATE_SETTINGS["file"]).name
DENTATE_SET = "dentate_gyrus" if SIMULATED else DENTATE_KNOWN.get(DENTATE_SETTINGS["file"])
DENTATE_CELLS = source(DENTATE_SET, DENTATE_FILE) if DENTATE_SET else DENTATE_SETTINGS["file"]

if absent := sorted(set(DENTATE_SETTINGS["shown"]) - set(DENTATE_SETTINGS["min_correlations"])):
    raise WorkflowError(f"dentate_gyrus.shown: {absent} are not among dentate_gyrus.min_correlations; add them there")


simulate(
    "dentate_gyrus",
    params={"settings": config["simulate"]["dentate_gyrus"]},
    cells=DENTATE_CELLS,
    truth=source("dentate_gyrus", "truth.json"),
)


rule dentate_gyrus_load:
    input:  # none where the user's file is missing, as the script then says in one line
        cells=lambda wildcards: [DENTATE_CELLS] if DENTATE_SET or Path(DENTATE_CELLS).is_file() else [],
        receipts=receipts(DENTATE_CELLS) if DENTATE_SET else [],
    output:
        cells=f"{DENTATE}/cells.h5ad",
        scope=f"{DENTATE}/scope.tsv",
    log:
        **logs("dentate_gyrus/load"),
    resources:
        mem_mb=scaled(1000, per_input=40),
    params:
        file=DENTATE_CELLS,
        clusters=DENTATE_SETTINGS["clusters"],
        nuclei=DENTATE_SETTINGS["nuclei"],
        components=DENTATE_SETTINGS["components"],
        published=published(DENTATE_SET, cells=DENTATE_CELLS) if DENTATE_SET else {},
        seed=config["seed"],
    message:
        "Reading {params.file}; {params.components} principal components of spliced and of unspliced counts"
    script:
        "../scripts/dentate_gyrus/load.py"


rule dentate_gyrus_velocity:
    input:
        cells=f"{DENTATE}/cells.h5ad",
    output:
        f"{DENTATE}/velocity.parquet",
    log:
        **logs("dentate_gyrus/velocity"),
    conda:
        "../envs/velocity.yaml"
    resources:
        mem_mb=scaled(2000, per_input=60),
        runtime=minutes(240),
    params:
        settings=DENTATE_SETTINGS["velocity"],
        seed=config["seed"],
    message:
        "scVelo's pseudotimes, modes {params.settings[modes]}"
    script:
        "../scripts/dentate_gyrus/velocity.py"


rule dentate_gyrus_represent:
    input:
        cells=f"{DENTATE}/cells.h5ad",
    output:
        pseudotime=f"{DENTATE}/pseudotime.parquet",
        embeddings=f"{DENTATE}/embeddings.parquet",
        weights=f"{DENTATE}/weights.tsv",
    log:
        **logs("dentate_gyrus/represent"),
    resources:
        mem_mb=scaled(1000, per_input=20),
        runtime=minutes(240),
    params:
        *code(*(f"dentate_gyrus/methods/{DENTATE_METHODS[name].module}.py" for name in DENTATE_SETTINGS["methods"])),
        settings={
            name: DENTATE_SETTINGS[name]
            for name in (
                *("methods", "min_correlations", "max_weight_ratio", "shuffles", "cca_components", "tsne", "shown"),
            )
        },
        seed=config["seed"],
    message:
        "Representing cells by {params.settings[methods]}, s in {params.settings[min_correlations]}; t-SNE of each"
    script:
        "../scripts/dentate_gyrus/represent.py"


rule dentate_gyrus_scores:
    input:
        **{name: f"{DENTATE}/{name}.parquet" for name in ("velocity", "pseudotime", "embeddings")},
        cells=f"{DENTATE}/cells.h5ad",
        weights=f"{DENTATE}/weights.tsv",
    output:
        f"{DENTATE}/scores.tsv",
    log:
        **logs("dentate_gyrus/scores"),
    resources:
        mem_mb=scaled(1000, per_input=20),
    params:
        settings={name: DENTATE_SETTINGS[name] for name in ("bootstraps", "tsne")},
        seed=config["seed"],
    message:
        "Agreement with scVelo's pseudotime, {params.settings[bootstraps]} bootstraps"
    script:
        "../scripts/dentate_gyrus/scores.py"


add_figures(
    "dentate_gyrus",
    "Figure S2: spliced and unspliced counts",
    {"figureS2": "S2"},
    settings=DENTATE_SETTINGS,
    file=DENTATE_FILE,
)

draw(
    "dentate_gyrus",
    "figureS2",
    params={"shown": DENTATE_SETTINGS["shown"]},
    cells=f"{DENTATE}/cells.h5ad",
    velocity=f"{DENTATE}/velocity.parquet",
    embeddings=f"{DENTATE}/embeddings.parquet",
    scores=f"{DENTATE}/scores.tsv",
)

claim(
    "dentate_gyrus",
    params={},
    scope=[f"{DENTATE}/scope.tsv"],
    cells=f"{DENTATE}/cells.h5ad",
    scores=f"{DENTATE}/scores.tsv",
)

planted(
    "dentate_gyrus",
    truth=source("dentate_gyrus", "truth.json"),
    cells=f"{DENTATE}/cells.h5ad",
    velocity=f"{DENTATE}/velocity.parquet",
    weights=f"{DENTATE}/weights.tsv",
)
