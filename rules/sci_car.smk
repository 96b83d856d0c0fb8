"""sci-CAR (Fig 2): cell types from RNA and open chromatin of the same cells.

Requires: the six files of mouse kidney of sci_car (GEO GSE117089), and gene sets; sci_car.coassay.file if given.
Makes: figures/figure{2,2_methods,2_sensitivity,S3}.{svg,png,tsv} and claims/sci_car.tsv under results/<run>/;
cells.h5mu, an embedding per method and seed, and tables under results/<run>/sci_car/.
"""

from sci_car.methods.table import METHODS, seeds_of
from sci_car.methods.table import settings_of

SCI_CAR = f"{RESULTS}/sci_car"
SCI_CAR_FILES = {
    "rna_cells": source("sci_car", "GSM3271044_RNA_mouse_kidney_cell.txt.gz"),
    "genes": source("sci_car", "GSM3271044_RNA_mouse_kidney_gene.txt.gz"),
    "rna_counts": source("sci_car", "GSM3271044_RNA_mouse_kidney_gene_count.txt.gz"),
    "atac_cells": source("sci_car", "GSM3271045_ATAC_mouse_kidney_cell.txt.gz"),
    "peaks": source("sci_car", "GSM3271045_ATAC_mouse_kidney_peak.txt.gz"),
    "atac_counts": source("sci_car", "GSM3271045_ATAC_mouse_kidney_peak_count.txt.gz"),
}


SCI_CAR_RUNS = [(name, seed) for name in config["sci_car"]["methods"] for seed in seeds_of(name, config["sci_car"])]
SCI_CAR_READ = {"cells": f"{SCI_CAR}/cells.h5mu", "reduced": f"{SCI_CAR}/reduced.h5ad"}
SCI_CAR_EMBEDDINGS = [f"{SCI_CAR}/embeddings/{name}/{seed}.parquet" for name, seed in SCI_CAR_RUNS]
SCI_CAR_WEIGHTED = [
    f"{SCI_CAR}/embeddings/{name}/0.parquet" for name in config["sci_car"]["methods"] if METHODS[name].group == "schema"
]
# The released package holds its pairs of cells: 4.8 GB were seen with 2,000,000 of 100 components.
SCI_CAR_MEGABYTES = {
    name: {"deep": 4000}.get(method.environment, 2000)
    + (config["sci_car"]["schema_learn"]["pairs"] // 350 if method.module == "schema_learn" else 0)
    for name, method in METHODS.items()
}
simulate(
    "sci_car",
    params={"cells": config["simulate"]["sci_car"]["cells"]},
    **SCI_CAR_FILES,
    truth=source("sci_car", "truth.json"),
)


rule sci_car_preprocess:
    input:
        **SCI_CAR_FILES,
        receipts=receipts(*SCI_CAR_FILES.values()),
    output:
        cells=f"{SCI_CAR}/cells.h5mu",
        summary=f"{SCI_CAR}/summary.tsv",
        scope=f"{SCI_CAR}/scope.tsv",
    log:
        **logs("sci_car/preprocess"),
    conda:
        "../envs/single_cell.yaml"
    params:
        settings=config["sci_car"]["filter"] | {"windows": config["sci_car"]["windows"]},
        published=published("sci_car", **SCI_CAR_FILES),
    message:
        "Joining RNA and ATAC counts: {params.settings[gene_types]} genes, peaks without {params.settings[artefacts]}"
    script:
        "../scripts/sci_car/preprocess.py"


rule sci_car_reduce:
    input:
        cells=f"{SCI_CAR}/cells.h5mu",
    output:
        f"{SCI_CAR}/reduced.h5ad",
    log:
        **logs("sci_car/reduce"),
    conda:
        "../envs/single_cell.yaml"
    resources:
        mem_mb=scaled(1000, per_input=40),
    params:
        rna=config["sci_car"]["rna"],
        atac=config["sci_car"]["atac"],
    message:
        "Reducing RNA {params.rna} and ATAC {params.atac}"
    script:
        "../scripts/sci_car/reduce.py"


for environment in sorted({METHODS[name].environment for name in config["sci_car"]["methods"]}):

    rule:
        name:
            f"sci_car_embed_{environment}"
        input:
            lambda wildcards: SCI_CAR_READ[METHODS[wildcards.method].reads],
        output:
            embedding=f"{SCI_CAR}/embeddings/{{method}}/{{seed}}.parquet",
            status=f"{SCI_CAR}/embeddings/{{method}}/{{seed}}.json",
        log:
            **logs("sci_car/embeddings/{method}_{seed}"),
        wildcard_constraints:
            method="|".join(name for name in METHODS if METHODS[name].environment == environment),
            seed=r"\d+",
        priority: int(SIMULATED and environment == "deep")  # the longest chain of the demo
        conda:
            f"../envs/{environment}.yaml"
        resources:
            mem_mb=scaled(lambda wildcards: SCI_CAR_MEGABYTES[wildcards.method], per_input=10),
            runtime=minutes(480 if environment == "deep" else 60),
        params:
            lambda wildcards: code(f"sci_car/methods/{METHODS[wildcards.method].module}.py"),
            module=lambda wildcards: METHODS[wildcards.method].module,
            reads=lambda wildcards: METHODS[wildcards.method].reads,
            arguments=lambda wildcards: settings_of(wildcards.method, config["sci_car"]),
        message:
            "Placing cells by {wildcards.method}, seed {wildcards.seed}: {params.arguments}"
        script:
            "../scripts/sci_car/embed.py"


rule sci_car_cluster:
    input:
        embeddings=SCI_CAR_EMBEDDINGS,
        statuses=[path.replace(".parquet", ".json") for path in SCI_CAR_EMBEDDINGS],
    output:
        **tables(SCI_CAR, "modularity", statuses="methods"),
        clusters=f"{SCI_CAR}/clusters.parquet",
    log:
        **logs("sci_car/cluster"),
    conda:
        "../envs/single_cell.yaml"
    resources:
        mem_mb=scaled(1500, per_input=4),
    params:
        settings={
            "neighbours": config["sci_car"]["neighbours"],
            "seeds": config["sci_car"]["leiden_seeds"],
        },
    message:
        "Clustering the cells of every method: {params.settings}"
    script:
        "../scripts/sci_car/cluster.py"


rule sci_car_score:
    input:
        reduced=f"{SCI_CAR}/reduced.h5ad",
        clusters=f"{SCI_CAR}/clusters.parquet",
    output:
        **tables(SCI_CAR, "scores", "pairs", "gain", "maps"),
    log:
        **logs("sci_car/score"),
    conda:
        "../envs/single_cell.yaml"
    params:
        mapped=["rna", "atac", "schema", "totalvi"],
        tested=[name for name in config["sci_car"]["methods"] if METHODS[name].module.startswith("schema")],
    message:
        "Holding clusters against the published labels"
    script:
        "../scripts/sci_car/score.py"


rule sci_car_weights:
    input:
        reduced=f"{SCI_CAR}/reduced.h5ad",
        embeddings=SCI_CAR_WEIGHTED,
        statuses=[path.replace(".parquet", ".json") for path in SCI_CAR_WEIGHTED],
    output:
        **tables(SCI_CAR, "weights", "correlations"),
    log:
        **logs("sci_car/weights"),
    resources:
        mem_mb=scaled(1000, per_input=10),
    params:
        limits={key: config["sci_car"][key] for key in ("min_correlation", "max_weight_ratio")},
        bootstraps=config["sci_car"]["bootstraps"],
        shuffles=config["sci_car"]["shuffles"],
        seed=config["seed"],
    message:
        "Schema's weights of RNA components, and {params.bootstraps} bootstraps of them"
    script:
        "../scripts/sci_car/weights.py"


rule sci_car_genes:
    input:
        cells=f"{SCI_CAR}/cells.h5mu",
        reduced=f"{SCI_CAR}/reduced.h5ad",
        weights=f"{SCI_CAR}/weights.tsv",
        gmt=f"{GENE_SETS}/go.gmt",
    output:
        **tables(SCI_CAR, "genes", "expressed", "terms", sets="gene_set_tests", firsts="first_genes"),
    log:
        **logs("sci_car/genes"),
    conda:
        "../envs/single_cell.yaml"
    resources:
        mem_mb=scaled(1500, per_input=12),
    params:
        top=config["sci_car"]["genes"]["top"],
        set_limits=GENE_SET_LIMITS,
    message:
        "Up-weighted genes: expression in the proximal tubule and terms of the {params.top} first"
    script:
        "../scripts/sci_car/genes.py"


# The data sets under every setting, by the name of their file: what they are called, and their cells.
SCI_CAR_COMPARED = {"kidney": ("mouse kidney", f"{SCI_CAR}/cells.h5mu")}
COASSAY = config["sci_car"]["coassay"]
if COASSAY["file"]:
    SCI_CAR_COMPARED["coassay"] = (COASSAY["name"], f"{SCI_CAR}/coassay.h5mu")


COASSAY_KNOWN = not SIMULATED and COASSAY["file"] in REGISTRY["coassay"].files
COASSAY_PATH = source("coassay", COASSAY["file"]) if COASSAY_KNOWN else COASSAY["file"]


rule sci_car_coassay:
    input:  # none where the user's file is missing, as the script then says in one line
        lambda wildcards: [COASSAY_PATH] if COASSAY_KNOWN or Path(COASSAY_PATH).is_file() else [],
        receipts=receipts(COASSAY_PATH) if COASSAY_KNOWN else [],
    output:
        f"{SCI_CAR}/coassay.h5mu",
    log:
        **logs("sci_car/coassay"),
    conda:
        "../envs/single_cell.yaml"
    resources:
        mem_mb=scaled(700, per_input=40),
    params:
        file=COASSAY_PATH,
        labels=COASSAY["labels"],
        leave_out=COASSAY["leave_out"],
    message:
        "Reading {params.file}: labels {params.labels}, without {params.leave_out}"
    script:
        "../scripts/sci_car/coassay.py"


rule sci_car_sensitivity:
    input:
        cells=lambda wildcards: SCI_CAR_COMPARED[wildcards.data][1],
    output:
        f"{SCI_CAR}/sensitivity/{{data}}_{{normalisation}}.tsv",
    log:
        **logs("sci_car/sensitivity/{data}_{normalisation}"),
    wildcard_constraints:
        data="|".join(SCI_CAR_COMPARED),
        normalisation="|".join(config["sci_car"]["sensitivity"]["rna"]),
    conda:
        "../envs/single_cell.yaml"
    resources:
        mem_mb=scaled(1500, per_input=40),
        runtime=minutes(120),
    params:
        data=lambda wildcards: SCI_CAR_COMPARED[wildcards.data][0],
        grid=lambda wildcards: config["sci_car"]["sensitivity"] | {"rna": [wildcards.normalisation]},
        max_weight_ratio=config["sci_car"]["max_weight_ratio"],
    message:
        "Schema against RNA alone, {params.data}, under every setting of {params.grid}"
    script:
        "../scripts/sci_car/sensitivity.py"


rule sci_car_gains:
    input:
        runs=expand(
            f"{SCI_CAR}/sensitivity/{{data}}_{{name}}.tsv",
            data=SCI_CAR_COMPARED,
            name=config["sci_car"]["sensitivity"]["rna"],
        ),
    output:
        f"{SCI_CAR}/sensitivity.tsv",
    log:
        **logs("sci_car/gains"),
    message:
        "Schema's gain over RNA alone under every setting"
    script:
        "../scripts/sci_car/gains.py"


include: "sci_car_figures.smk"
