"""sci-CAR (Fig 2): cell types from RNA and open chromatin of the same cells.

Requires: the six files of mouse kidney of sci_car (GEO GSE117089), and gene sets.
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


SCI_CAR_RUNS = [
    (name, seed) for name in config["sci_car"]["methods"] for seed in seeds_of(name, config["sci_car"]["deep"])
]
SCI_CAR_READ = {"cells": f"{SCI_CAR}/cells.h5mu", "reduced": f"{SCI_CAR}/reduced.h5ad"}
SCI_CAR_EMBEDDINGS = [f"{SCI_CAR}/embeddings/{name}/{seed}.parquet" for name, seed in SCI_CAR_RUNS]
# The released package holds its pairs of cells: 4.8 GB were seen with 2,000,000 of 100 components.
SCI_CAR_MEGABYTES = {
    name: {"deep": 4000}.get(method.environment, 2000)
    + (config["sci_car"]["schema_learn"]["pairs"] // 400 if method.module == "schema_learn" else 0)
    for name, method in METHODS.items()
}
simulate("sci_car", params={"cells": config["simulate"]["sci_car"]["cells"]}, **SCI_CAR_FILES)


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
        settings=config["sci_car"]["filter"],
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
        conda:
            f"../envs/{environment}.yaml"
        resources:
            mem_mb=scaled(lambda wildcards: SCI_CAR_MEGABYTES[wildcards.method], per_input=40),
            runtime=minutes(480 if environment == "deep" else 60),
        params:
            lambda wildcards: code(f"sci_car/methods/{METHODS[wildcards.method].module}.py"),
            module=lambda wildcards: METHODS[wildcards.method].module,
            reads=lambda wildcards: METHODS[wildcards.method].reads,
            arguments=lambda wildcards: settings_of(wildcards.method, config["sci_car"]),
        message:
            "Placing cells by {wildcards.method}, seed {wildcards.seed}: {params.arguments}"
        script:
            "../scripts/sci_car/embedding.py"


rule sci_car_cluster:
    input:
        embeddings=SCI_CAR_EMBEDDINGS,
        statuses=[path.replace(".parquet", ".json") for path in SCI_CAR_EMBEDDINGS],
    output:
        clusters=f"{SCI_CAR}/clusters.parquet",
        statuses=f"{SCI_CAR}/methods.tsv",
    log:
        **logs("sci_car/cluster"),
    conda:
        "../envs/single_cell.yaml"
    resources:
        mem_mb=scaled(1500, per_input=4),
    params:
        settings={
            "neighbours": config["sci_car"]["neighbours"],
            "resolution": config["sci_car"]["resolution"],
            "seeds": list(range(config["sci_car"]["leiden_seeds"])),
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
        tested=[name for name in config["sci_car"]["methods"] if METHODS[name].group == "schema"],
    message:
        "Holding clusters against the published labels"
    script:
        "../scripts/sci_car/score.py"


rule sci_car_genes:
    input:
        cells=f"{SCI_CAR}/cells.h5mu",
        reduced=f"{SCI_CAR}/reduced.h5ad",
        gmt=f"{GENE_SETS}/go.gmt",
    output:
        **tables(SCI_CAR, "genes", "expressed", "terms", sets="gene_set_tests"),
    log:
        **logs("sci_car/genes"),
    conda:
        "../envs/single_cell.yaml"
    resources:
        mem_mb=scaled(1500, per_input=40),
    params:
        limits={key: config["sci_car"][key] for key in ("min_correlation", "max_weight_ratio")},
        top=config["sci_car"]["genes"]["top"],
        set_limits=GENE_SET_LIMITS,
    message:
        "Up-weighted genes: expression in the proximal tubule and terms of the {params.top} first"
    script:
        "../scripts/sci_car/genes.py"


rule sci_car_sensitivity:
    input:
        cells=f"{SCI_CAR}/cells.h5mu",
    output:
        f"{SCI_CAR}/sensitivity/{{normalisation}}.tsv",
    log:
        **logs("sci_car/sensitivity/{normalisation}"),
    wildcard_constraints:
        normalisation="|".join(config["sci_car"]["sensitivity"]["rna"]),
    conda:
        "../envs/single_cell.yaml"
    resources:
        mem_mb=scaled(1500, per_input=40),
        runtime=minutes(120),
    params:
        grid=lambda wildcards: config["sci_car"]["sensitivity"] | {"rna": [wildcards.normalisation]},
        max_weight_ratio=config["sci_car"]["max_weight_ratio"],
    message:
        "Schema against RNA alone under every setting of {params.grid}"
    script:
        "../scripts/sci_car/sensitivity.py"


rule sci_car_gains:
    input:
        runs=expand(f"{SCI_CAR}/sensitivity/{{name}}.tsv", name=config["sci_car"]["sensitivity"]["rna"]),
    output:
        f"{SCI_CAR}/sensitivity.tsv",
    log:
        **logs("sci_car/gains"),
    message:
        "Schema's gain over RNA alone under every setting"
    script:
        "../scripts/sci_car/gains.py"


include: "sci_car_figures.smk"
