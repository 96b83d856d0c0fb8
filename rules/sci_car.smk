"""sci-CAR (Fig 2): cell types from RNA and open chromatin of the same cells.

Requires: the six files of mouse kidney of sci_car (GEO GSE117089), and gene sets.
Makes: figures/figure{2,2_methods,2_sensitivity,S3}.{svg,png,tsv} and claims/sci_car.tsv under results/<run>/; cells.h5mu,
an embedding per method and seed, and tables under results/<run>/sci_car/.
"""

from sci_car.methods import METHODS, seeds_of

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
SCI_CAR_EMBEDDINGS = [f"{SCI_CAR}/embeddings/{name}/{seed}.parquet" for name, seed in SCI_CAR_RUNS]
SCI_CAR_FIGURES = {
    "figure2": "2a to 2f",
    "figure2_methods": "2f, all methods",
    "figure2_sensitivity": "2, all settings",
    "figureS3": "S3",
}

FIGURES["sci_car"] = expand(f"{RESULTS}/figures/{{name}}.{{suffix}}", name=SCI_CAR_FIGURES, suffix=FIGURE_FILES)
FIGURE_CAPTIONS["sci_car"] = expand(f"{RESULTS}/captions/{{name}}.rst", name=SCI_CAR_FIGURES)


rule sci_car:
    """The part's figures and claims."""
    input:
        FIGURES["sci_car"],
        f"{RESULTS}/claims/sci_car.tsv",


def settings_of(method):
    """What a method's script is given: its own arguments, and the keys of the config that it needs."""
    settings = config["sci_car"] | config["sci_car"]["deep"]
    return METHODS[method].arguments | {key: settings[key] for key in METHODS[method].needs}


if SIMULATED:

    rule sci_car_simulate:
        input:
            code=code("sources/simulate_sci_car.py"),
        output:
            **SCI_CAR_FILES,
        log:
            f"{RESULTS}/logs/sci_car/simulate.log",
        benchmark:
            f"{RESULTS}/benchmarks/sci_car/simulate.tsv"
        conda:
            "../envs/core.yaml"
        threads: 1
        resources:
            mem_mb=scaled(500),
        params:
            seed=config["seed"],
            cells=config["simulate"]["sci_car"]["cells"],
        message:
            "Simulating RNA and ATAC counts of {params.cells} cells, seed {params.seed}"
        script:
            "../scripts/sources/simulate_sci_car.py"


rule sci_car_preprocess:
    input:
        **SCI_CAR_FILES,
        receipts=receipts(*SCI_CAR_FILES.values()),
        code=code("sci_car/preprocess.py"),
    output:
        cells=f"{SCI_CAR}/cells.h5mu",
        summary=f"{SCI_CAR}/summary.tsv",
    log:
        f"{RESULTS}/logs/sci_car/preprocess.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/preprocess.tsv"
    conda:
        "../envs/single_cell.yaml"
    threads: 1
    resources:
        mem_mb=scaled(700, per_input=10),
    params:
        **config["sci_car"]["filter"],
    message:
        "Joining RNA and ATAC counts: {params.gene_types} genes, peaks without {params.artefacts}, seen in {params.min_cells}"
    script:
        "../scripts/sci_car/preprocess.py"


rule sci_car_scale_files:
    input:
        code=code("sci_car/scale_files.py"),
    output:
        **{name: temp(f"{SCI_CAR}/scale/{Path(file).name}") for name, file in SCI_CAR_FILES.items()},
    log:
        f"{RESULTS}/logs/sci_car/scale_files.log",
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(3000),
    params:
        sizes={
            "genes": 49_584,
            "coding": 21_973,
            "rna_cells": 13_893,
            "rna_draws": 1_000,
            "peaks": 252_741,
            "atac_cells": 13_395,
            "atac_draws": 710,
            "joint": 11_296,
        },
        seed=config["seed"],
    message:
        "Random counts of the published sample's size: {params.sizes}"
    script:
        "../scripts/sci_car/scale_files.py"


rule sci_car_scale:
    """Time and memory of reading a sample of the published size; ask for it, on a machine with nothing else to do."""
    input:
        **{name: f"{SCI_CAR}/scale/{Path(file).name}" for name, file in SCI_CAR_FILES.items()},
        code=code("sci_car/scale.py"),
    output:
        f"{SCI_CAR}/scale.tsv",
    log:
        f"{RESULTS}/logs/sci_car/scale.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/scale.tsv"
    conda:
        "../envs/single_cell.yaml"
    threads: 1
    resources:
        mem_mb=scaled(2000),
    params:
        **config["sci_car"]["filter"],
    message:
        "Reading {input.rna_counts} and {input.atac_counts} in a fresh process"
    script:
        "../scripts/sci_car/scale.py"


rule sci_car_reduce:
    input:
        cells=f"{SCI_CAR}/cells.h5mu",
        code=code("sci_car/reduce.py"),
    output:
        f"{SCI_CAR}/reduced.h5ad",
    log:
        f"{RESULTS}/logs/sci_car/reduce.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/reduce.tsv"
    conda:
        "../envs/single_cell.yaml"
    threads: 1
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
            cells=f"{SCI_CAR}/cells.h5mu",
            reduced=f"{SCI_CAR}/reduced.h5ad",
            code=lambda wildcards: code(f"sci_car/methods/{METHODS[wildcards.method].module}.py"),
            table=code("sci_car/embed.py"),
        output:
            embedding=f"{SCI_CAR}/embeddings/{{method}}/{{seed}}.parquet",
            status=f"{SCI_CAR}/embeddings/{{method}}/{{seed}}.json",
        log:
            f"{RESULTS}/logs/sci_car/embeddings/{{method}}_{{seed}}.log",
        benchmark:
            f"{RESULTS}/benchmarks/sci_car/embeddings/{{method}}_{{seed}}.tsv"
        wildcard_constraints:
            method="|".join(name for name in METHODS if METHODS[name].environment == environment),
            seed=r"\d+",
        conda:
            f"../envs/{environment}.yaml"
        threads: 1
        resources:
            mem_mb=scaled(4000 if environment == "deep" else 2000, per_input=40),
            runtime=lambda wildcards, attempt: attempt * (480 if METHODS[wildcards.method].group == "deep" else 30),
        params:
            arguments=lambda wildcards: settings_of(wildcards.method),
        message:
            "Placing cells by {wildcards.method}, seed {wildcards.seed}: {params.arguments}"
        script:
            "../scripts/sci_car/embed.py"


rule sci_car_cluster:
    input:
        embeddings=SCI_CAR_EMBEDDINGS,
        statuses=[path.replace(".parquet", ".json") for path in SCI_CAR_EMBEDDINGS],
        code=code("sci_car/cluster.py"),
    output:
        clusters=f"{SCI_CAR}/clusters.parquet",
        statuses=f"{SCI_CAR}/methods.tsv",
    log:
        f"{RESULTS}/logs/sci_car/cluster.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/cluster.tsv"
    conda:
        "../envs/single_cell.yaml"
    threads: 1
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
        code=code("sci_car/score.py"),
    output:
        scores=f"{SCI_CAR}/scores.tsv",
        pairs=f"{SCI_CAR}/pairs.tsv",
        gain=f"{SCI_CAR}/gain.tsv",
        maps=f"{SCI_CAR}/maps.tsv",
    log:
        f"{RESULTS}/logs/sci_car/score.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/score.tsv"
    conda:
        "../envs/single_cell.yaml"
    threads: 1
    resources:
        mem_mb=scaled(1000, per_input=10),
    params:
        mapped=["rna", "atac", "schema", "totalvi"],
        tested=[name for name in config["sci_car"]["methods"] if METHODS[name].group == "schema"],
    message:
        "Holding clusters against the published labels"
    script:
        "../scripts/sci_car/score.py"


rule sci_car_place:
    input:
        reduced=f"{SCI_CAR}/reduced.h5ad",
        code=code("sci_car/place.py"),
    output:
        f"{SCI_CAR}/places.tsv",
    log:
        f"{RESULTS}/logs/sci_car/place.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/place.tsv"
    conda:
        "../envs/single_cell.yaml"
    threads: 1
    resources:
        mem_mb=scaled(1000, per_input=10),
    params:
        seed=config["seed"],
    message:
        "Placing cells on the map: published coordinates, or t-SNE with seed {params.seed}"
    script:
        "../scripts/sci_car/place.py"


rule sci_car_genes:
    input:
        cells=f"{SCI_CAR}/cells.h5mu",
        reduced=f"{SCI_CAR}/reduced.h5ad",
        gmt=f"{GENE_SETS}/go.gmt",
        code=code("sci_car/genes.py"),
    output:
        genes=f"{SCI_CAR}/genes.tsv",
        expressed=f"{SCI_CAR}/expressed.tsv",
        sets=f"{SCI_CAR}/gene_set_tests.tsv",
        terms=f"{SCI_CAR}/terms.tsv",
    log:
        f"{RESULTS}/logs/sci_car/genes.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/genes.tsv"
    conda:
        "../envs/single_cell.yaml"
    threads: 1
    resources:
        mem_mb=scaled(1500, per_input=40),
    params:
        limits={key: config["sci_car"][key] for key in ("min_correlation", "max_weight_ratio")},
        top=config["sci_car"]["genes"]["top"],
    message:
        "Up-weighted genes: expression in the proximal tubule and terms of the {params.top} first"
    script:
        "../scripts/sci_car/genes.py"


rule sci_car_sensitivity:
    input:
        cells=f"{SCI_CAR}/cells.h5mu",
        code=code("sci_car/sensitivity.py"),
    output:
        f"{SCI_CAR}/sensitivity/{{normalisation}}.tsv",
    log:
        f"{RESULTS}/logs/sci_car/sensitivity/{{normalisation}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/sensitivity/{{normalisation}}.tsv"
    wildcard_constraints:
        normalisation="|".join(config["sci_car"]["sensitivity"]["rna"]),
    conda:
        "../envs/single_cell.yaml"
    threads: 1
    resources:
        mem_mb=scaled(1500, per_input=40),
        runtime=lambda wildcards, attempt: 120 * attempt,
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
        code=code("sci_car/gains.py"),
    output:
        f"{SCI_CAR}/sensitivity.tsv",
    log:
        f"{RESULTS}/logs/sci_car/gains.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/gains.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(300),
    message:
        "Schema's gain over RNA alone under every setting"
    script:
        "../scripts/sci_car/gains.py"


rule sci_car_costs:
    input:
        SCI_CAR_EMBEDDINGS,
        code=code("sci_car/costs.py"),
    output:
        f"{SCI_CAR}/costs.tsv",
    log:
        f"{RESULTS}/logs/sci_car/costs.log",
    conda:
        "../envs/single_cell.yaml"
    threads: 1
    resources:
        mem_mb=scaled(300),
    params:
        benchmarks=[f"{RESULTS}/benchmarks/sci_car/embeddings/{name}_{seed}.tsv" for name, seed in SCI_CAR_RUNS],
    message:
        "Collecting time and memory of every method"
    script:
        "../scripts/sci_car/costs.py"


rule sci_car_claims:
    input:
        summary=f"{SCI_CAR}/summary.tsv",
        scores=f"{SCI_CAR}/scores.tsv",
        gain=f"{SCI_CAR}/gain.tsv",
        genes=f"{SCI_CAR}/genes.tsv",
        sets=f"{SCI_CAR}/gene_set_tests.tsv",
        terms=f"{SCI_CAR}/terms.tsv",
        statuses=f"{SCI_CAR}/methods.tsv",
        gains=f"{SCI_CAR}/sensitivity.tsv",
        code=code("sci_car/claims.py"),
    output:
        f"{RESULTS}/claims/sci_car.tsv",
    log:
        f"{RESULTS}/logs/claims/sci_car.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/claims.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(500),
    params:
        top=config["sci_car"]["genes"]["top"],
        epochs=config["sci_car"]["deep"]["epochs"],
        simulated=SIMULATED,
    message:
        "Our values for the paper's numbers of Figure 2"
    script:
        "../scripts/sci_car/claims.py"


rule sci_car_figure2:
    input:
        places=f"{SCI_CAR}/places.tsv",
        reduced=f"{SCI_CAR}/reduced.h5ad",
        maps=f"{SCI_CAR}/maps.tsv",
        pairs=f"{SCI_CAR}/pairs.tsv",
        scores=f"{SCI_CAR}/scores.tsv",
        statuses=f"{SCI_CAR}/methods.tsv",
        claims=BASE / "config/claims.yaml",
        code=code("sci_car/figure2.py"),
    output:
        **figure_files("figure2", "Figure 2: cell types", SCI_CAR_FIGURES["figure2"]),
    log:
        f"{RESULTS}/logs/figures/figure2.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/figure2.tsv"
    conda:
        "../envs/single_cell.yaml"
    threads: 1
    resources:
        mem_mb=scaled(1000, per_input=5),
    params:
        simulated=SIMULATED,
    message:
        "Drawing Figure 2"
    script:
        "../scripts/sci_car/figure2.py"


rule sci_car_figure_s3:
    input:
        places=f"{SCI_CAR}/places.tsv",
        maps=f"{SCI_CAR}/maps.tsv",
        scores=f"{SCI_CAR}/scores.tsv",
        statuses=f"{SCI_CAR}/methods.tsv",
        code=code("sci_car/figure_s3.py"),
    output:
        **figure_files("figureS3", "Figure 2: cell types", SCI_CAR_FIGURES["figureS3"]),
    log:
        f"{RESULTS}/logs/figures/figureS3.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/figureS3.tsv"
    conda:
        "../envs/single_cell.yaml"
    threads: 1
    resources:
        mem_mb=scaled(1000, per_input=5),
    params:
        simulated=SIMULATED,
    message:
        "Drawing Figure S3"
    script:
        "../scripts/sci_car/figure_s3.py"


rule sci_car_figure_methods:
    input:
        scores=f"{SCI_CAR}/scores.tsv",
        statuses=f"{SCI_CAR}/methods.tsv",
        costs=f"{SCI_CAR}/costs.tsv",
        claims=BASE / "config/claims.yaml",
        code=code("sci_car/figure_methods.py"),
    output:
        **figure_files("figure2_methods", "Figure 2: cell types", SCI_CAR_FIGURES["figure2_methods"]),
    log:
        f"{RESULTS}/logs/figures/figure2_methods.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/figure2_methods.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(500),
    params:
        simulated=SIMULATED,
    message:
        "Drawing every method's agreement with the labels, time and memory"
    script:
        "../scripts/sci_car/figure_methods.py"


rule sci_car_figure_sensitivity:
    input:
        gains=f"{SCI_CAR}/sensitivity.tsv",
        code=code("sci_car/figure_sensitivity.py"),
    output:
        **figure_files("figure2_sensitivity", "Figure 2: cell types", SCI_CAR_FIGURES["figure2_sensitivity"]),
    log:
        f"{RESULTS}/logs/figures/figure2_sensitivity.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/figure2_sensitivity.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(500),
    params:
        simulated=SIMULATED,
    message:
        "Drawing the gain over RNA alone under every setting"
    script:
        "../scripts/sci_car/figure_sensitivity.py"


rule sci_car_caption:
    input:
        template=lambda wildcards: BASE / f"scripts/sci_car/{wildcards.name}.rst",
        ledger=f"{RESULTS}/claims.tsv",
    output:
        f"{RESULTS}/captions/{{name}}.rst",
    log:
        f"{RESULTS}/logs/captions/{{name}}.log",
    wildcard_constraints:
        name="|".join(SCI_CAR_FIGURES),
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(300),
    params:
        values={"simulated": SIMULATED, "settings": config["sci_car"]},
    message:
        "Filling the caption of {wildcards.name} from the ledger"
    script:
        "../scripts/report/caption.py"
