"""Age in the fly brain (Fig 3, S6): RNA reweighted by the age of cells, pseudotime, and what is paid for it.

Requires: the MEX tarball and the metadata table of GSE107451 (fly_brain in config/datasets.yaml). Makes:
figures/figure3, figure3_cost and figureS6.{svg,png,tsv} and claims/fly_brain.tsv under results/<run>/; tables under
results/<run>/fly_brain/<case>/.
"""

from fly_brain.methods.table import METHODS as FLY_METHODS

FLY = f"{RESULTS}/fly_brain"
FLY_CASE = f"{FLY}/{{case}}"
FLY_FILES = {
    "tarball": source(
        "fly_brain", "GSE107451_DGRP-551_w1118_WholeBrain_57k_0d_1d_3d_6d_9d_15d_30d_50d_10X_DGEM_MEX.mtx.tsv.tar.gz"
    ),
    "metadata": source("fly_brain", "GSE107451_DGRP-551_w1118_WholeBrain_57k_Metadata.tsv.gz"),
}
FLY_CASES = config["fly_brain"]["cases"]
FLY_PLACES = [
    f"{FLY_CASE}/places/{name}.parquet"
    for name in config["fly_brain"]["methods"]
    if FLY_METHODS[name].reads == "factors"
]
# Schema's places are computed where they are used: with shuffles there are too many to keep.
FLY_SCHEMA = [f"fly_brain/methods/{one.module}.py" for one in FLY_METHODS.values() if one.reads == "weights"]
FLY_PUBLISHED = {"cells": 56_902, "genes": 17_473}  # the size of the published matrix

if absent := sorted(set(config["fly_brain"]["shown"]) - set(config["fly_brain"]["min_correlations"])):
    raise WorkflowError(f"fly_brain.shown: {absent} are not among fly_brain.min_correlations; add them there")


simulate(
    "fly_brain",
    params={"settings": config["simulate"]["fly_brain"]},
    **FLY_FILES,
    truth=source("fly_brain", "truth.json"),
)


rule fly_brain_load:
    input:
        **FLY_FILES,
        receipts=receipts(*FLY_FILES.values()),
    output:
        cells=f"{FLY}/cells.h5ad",
        scope=f"{FLY}/scope.tsv",
    log:
        **logs("fly_brain/load"),
    params:
        line=config["fly_brain"]["line"],
        not_neurons=config["fly_brain"]["not_neurons"],
        published=published("fly_brain", **FLY_FILES),
    message:
        "Reading the cells of line {params.line}; neurons are those without {params.not_neurons} in their annotation"
    script:
        "../scripts/fly_brain/load.py"


rule fly_brain_preprocess:
    input:
        cells=f"{FLY}/cells.h5ad",
    output:
        f"{FLY_CASE}/cells.h5ad",
    log:
        **logs("fly_brain/{case}/preprocess"),
    params:
        which=lambda wildcards: FLY_CASES[wildcards.case]["cells"],
        normalise=lambda wildcards: FLY_CASES[wildcards.case]["normalise"],
        min_cells=config["fly_brain"]["min_cells"],
    message:
        "Case {wildcards.case}: cells {params.which}, expression {params.normalise}"
    script:
        "../scripts/fly_brain/preprocess.py"


rule fly_brain_factors:
    input:
        cells=f"{FLY_CASE}/cells.h5ad",
    output:
        f"{FLY_CASE}/factors.h5ad",
    log:
        **logs("fly_brain/{case}/factors"),
    resources:
        mem_mb=scaled(700, per_input=20),
        runtime=minutes(240),
    params:
        components=lambda wildcards: FLY_CASES[wildcards.case]["components"],
        settings=config["fly_brain"]["nmf"],
        seed=config["seed"],
    message:
        "Case {wildcards.case}: NMF with {params.components} components, {params.settings}"
    script:
        "../scripts/fly_brain/factors.py"


rule fly_brain_weights:
    input:
        factors=f"{FLY_CASE}/factors.h5ad",
    output:
        weights=f"{FLY_CASE}/weights.tsv",
        ages=f"{FLY_CASE}/ages.parquet",
    log:
        **logs("fly_brain/{case}/weights"),
    params:
        min_correlations=config["fly_brain"]["min_correlations"],
        max_weight_ratio=config["fly_brain"]["max_weight_ratio"],
        solver=config["fly_brain"]["solver"],
        shuffles=config["fly_brain"]["shuffles"],
        seed=config["seed"],
    message:
        "Case {wildcards.case}: s in {params.min_correlations}, and for {params.shuffles} shuffles of age"
    script:
        "../scripts/fly_brain/weights.py"


for environment in sorted({FLY_METHODS[name].environment for name in config["fly_brain"]["methods"]}):

    rule:
        name:
            f"fly_brain_represent_{environment}"
        input:
            factors=f"{FLY_CASE}/factors.h5ad",
        output:
            f"{FLY_CASE}/places/{{method}}.parquet",
        log:
            **logs("fly_brain/{case}/places_{method}"),
        wildcard_constraints:
            method="|".join(name for name, one in FLY_METHODS.items() if one.environment == environment),
        conda:
            f"../envs/{environment}.yaml"
        resources:
            mem_mb=scaled(1500, per_input=30),
        params:
            lambda wildcards: code(f"fly_brain/methods/{FLY_METHODS[wildcards.method].module}.py"),
            method="{method}",
        message:
            "Case {wildcards.case}: placing cells by {wildcards.method}"
        script:
            "../scripts/fly_brain/representations.py"


rule fly_brain_pseudotime:
    input:
        factors=f"{FLY_CASE}/factors.h5ad",
        weights=f"{FLY_CASE}/weights.tsv",
        places=FLY_PLACES,
        ages=f"{FLY_CASE}/ages.parquet",
    output:
        f"{FLY_CASE}/pseudotime.tsv",
    log:
        **logs("fly_brain/{case}/pseudotime"),
    conda:
        "../envs/single_cell.yaml"
    resources:
        mem_mb=scaled(1500, per_input=30),
        runtime=minutes(240),
    params:
        *code(*FLY_SCHEMA),
        roots=config["fly_brain"]["roots"],
        neighbours=config["fly_brain"]["neighbours"],
        seed=config["seed"],
    message:
        "Case {wildcards.case}: diffusion pseudotime from {params.roots} young cells, for every representation"
    script:
        "../scripts/fly_brain/pseudotime.py"


rule fly_brain_costs:
    input:
        factors=f"{FLY_CASE}/factors.h5ad",
        weights=f"{FLY_CASE}/weights.tsv",
        places=FLY_PLACES,
    output:
        f"{FLY_CASE}/costs.tsv",
    log:
        **logs("fly_brain/{case}/costs"),
    conda:
        "../envs/single_cell.yaml"
    resources:
        mem_mb=scaled(1500, per_input=30),
    params:
        *code(*FLY_SCHEMA),
        settings=config["fly_brain"]["costs"],
        seed=config["seed"],
    message:
        "Case {wildcards.case}: neighbours kept, clusters and silhouettes of cell types"
    script:
        "../scripts/fly_brain/costs.py"


rule fly_brain_embed:
    input:
        factors=f"{FLY}/text/factors.h5ad",
        weights=f"{FLY}/text/weights.tsv",
        places=[path.replace("{case}", "text") for path in FLY_PLACES],
    output:
        f"{FLY}/text/{{embedding}}.parquet",
    log:
        **logs("fly_brain/text/{embedding}"),
    wildcard_constraints:
        embedding="umap|tsne",
    conda:
        "../envs/single_cell.yaml"
    resources:
        mem_mb=scaled(1500, per_input=30),
        runtime=minutes(240),
    params:
        *code(*FLY_SCHEMA),
        kind="{embedding}",
        option=lambda wildcards: config["fly_brain"]["neighbours" if wildcards.embedding == "umap" else "perplexity"],
        steps=lambda wildcards: config["fly_brain"]["steps"][wildcards.embedding],
        seed=config["seed"],
    message:
        "Embedding ({wildcards.embedding}, neighbours or perplexity {params.option}) of RNA, each s, and CCA"
    script:
        "../scripts/fly_brain/embed.py"


rule fly_brain_genes:
    input:
        cells=f"{FLY_CASE}/cells.h5ad",
        factors=f"{FLY_CASE}/factors.h5ad",
        weights=f"{FLY_CASE}/weights.tsv",
    output:
        **tables(FLY_CASE, ranking="gene_ranking", overlap="gene_overlap", profile="gene_profile"),
    log:
        **logs("fly_brain/{case}/genes"),
    conda:
        "../envs/single_cell.yaml"
    resources:
        mem_mb=scaled(1500, per_input=10),
    params:
        settings=config["fly_brain"]["genes"],
    message:
        "Case {wildcards.case}: genes weighted up, and their overlap with a {params.settings[test]} per age"
    script:
        "../scripts/fly_brain/genes.py"


add_figures(
    "fly_brain",
    "Figure 3: age in the fly brain",
    {"figure3": "3a to e", "figureS6": "S6", "figure3_cost": "the price of age"},
    settings=config["fly_brain"],
)

draw(
    "fly_brain",
    "figure3",
    params={
        "shown": config["fly_brain"]["shown"],
        "chosen": f"{FLY_CASES['text']['cells']} of {config['fly_brain']['line']}",
    },
    embeddings=f"{FLY}/text/umap.parquet",
    **tables(f"{FLY}/text", "pseudotime", profile="gene_profile"),
)

draw(
    "fly_brain",
    "figureS6",
    embeddings=[f"{FLY}/text/umap.parquet", f"{FLY}/text/tsne.parquet"],
    pseudotime=f"{FLY}/text/pseudotime.tsv",
)

draw(
    "fly_brain",
    "figure3_cost",
    params={"cases": list(FLY_CASES)},
    pseudotime=[f"{FLY}/{case}/pseudotime.tsv" for case in FLY_CASES],
    **tables(f"{FLY}/text", "costs", overlap="gene_overlap"),
)

claim(
    "fly_brain",
    params={"cases": list(FLY_CASES)},
    scope=[f"{FLY}/scope.tsv"],
    pseudotime=[f"{FLY}/{case}/pseudotime.tsv" for case in FLY_CASES],
    **tables(f"{FLY}/text", overlap="gene_overlap", profile="gene_profile", ranking="gene_ranking"),
    umap=f"{FLY}/text/umap.parquet",
)

planted(
    "fly_brain",
    truth=source("fly_brain", "truth.json"),
    **tables(f"{FLY}/text", "pseudotime", ranking="gene_ranking", overlap="gene_overlap", profile="gene_profile"),
)
