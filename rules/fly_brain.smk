"""Age in the fly brain (Fig 3, S6): RNA reweighted by the age of cells, pseudotime, and what is paid for it.

Requires: the MEX tarball and the metadata table of GSE107451 (fly_brain in config/datasets.yaml). Makes:
figures/figure3, figure3_cost and figureS6.{svg,png,tsv} and claims/fly_brain.tsv under results/<run>/; tables under
results/<run>/fly_brain/<case>/. The target fly_brain_scale measures loading and preprocessing at the published size.
"""

FLY = f"{RESULTS}/fly_brain"
FLY_CASE = f"{FLY}/{{fly_case}}"
FLY_TARBALL = "GSE107451_DGRP-551_w1118_WholeBrain_57k_0d_1d_3d_6d_9d_15d_30d_50d_10X_DGEM_MEX.mtx.tsv.tar.gz"
FLY_METADATA = "GSE107451_DGRP-551_w1118_WholeBrain_57k_Metadata.tsv.gz"
FLY_CASES = config["fly_brain"]["cases"]
FLY_PUBLISHED = {"cells": 56_902, "genes": 17_473}  # the size of the published matrix
FLY_FIGURES = {"figure3": "3a to e", "figureS6": "S6", "figure3_cost": "the price of age"}

if absent := sorted(set(config["fly_brain"]["shown"]) - set(config["fly_brain"]["min_correlations"])):
    raise WorkflowError(f"fly_brain.shown: {absent} are not among fly_brain.min_correlations; add them there")


wildcard_constraints:
    fly_case="text|released",
    embedding="umap|tsne",


add_figures("fly_brain", "Figure 3: age in the fly brain", FLY_FIGURES, settings=config["fly_brain"])


rule fly_brain:
    """The part's figures and claims."""
    input:
        FIGURES["fly_brain"],
        f"{RESULTS}/claims/fly_brain.tsv",


if SIMULATED:

    rule fly_brain_simulate:
        output:
            tarball=source("fly_brain", FLY_TARBALL),
            metadata=source("fly_brain", FLY_METADATA),
        log:
            **logs("fly_brain/simulate"),
        conda:
            "../envs/core.yaml"
        resources:
            mem_mb=scaled(700),
        params:
            seed=config["seed"],
            settings=config["simulate"]["fly_brain"],
        message:
            "Simulating {params.settings[cells]} cells × {params.settings[genes]} genes of ageing flies"
        script:
            "../scripts/fly_brain/simulate/sources.py"


rule fly_brain_load:
    input:
        tarball=source("fly_brain", FLY_TARBALL),
        metadata=source("fly_brain", FLY_METADATA),
        receipts=receipts(source("fly_brain", FLY_TARBALL), source("fly_brain", FLY_METADATA)),
    output:
        f"{FLY}/cells.h5ad",
    log:
        **logs("fly_brain/load"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(600, per_input=15),
    params:
        line=config["fly_brain"]["line"],
        not_neurons=config["fly_brain"]["not_neurons"],
        published=published("fly_brain", tarball=FLY_TARBALL, metadata=FLY_METADATA),
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
        **logs("fly_brain/{fly_case}/preprocess"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(600, per_input=15),
    params:
        which=lambda wildcards: FLY_CASES[wildcards.fly_case]["cells"],
        normalise=lambda wildcards: FLY_CASES[wildcards.fly_case]["normalise"],
        min_cells=config["fly_brain"]["min_cells"],
    message:
        "Case {wildcards.fly_case}: cells {params.which}, expression {params.normalise}"
    script:
        "../scripts/fly_brain/preprocess.py"


rule fly_brain_factors:
    input:
        cells=f"{FLY_CASE}/cells.h5ad",
    output:
        f"{FLY_CASE}/factors.h5ad",
    log:
        **logs("fly_brain/{fly_case}/factors"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(700, per_input=20),
        runtime=minutes(240),
    params:
        components=lambda wildcards: FLY_CASES[wildcards.fly_case]["components"],
        settings=config["fly_brain"]["nmf"],
        seed=config["seed"],
    message:
        "Case {wildcards.fly_case}: NMF with {params.components} components, {params.settings}"
    script:
        "../scripts/fly_brain/factors.py"


rule fly_brain_weights:
    input:
        factors=f"{FLY_CASE}/factors.h5ad",
    output:
        weights=f"{FLY_CASE}/weights.tsv",
        ages=f"{FLY_CASE}/ages.parquet",
    log:
        **logs("fly_brain/{fly_case}/weights"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(700, per_input=10),
    params:
        min_correlations=config["fly_brain"]["min_correlations"],
        max_weight_ratio=config["fly_brain"]["max_weight_ratio"],
        solver=config["fly_brain"]["solver"],
        shuffles=config["fly_brain"]["shuffles"],
        seed=config["seed"],
    message:
        "Case {wildcards.fly_case}: s in {params.min_correlations}, and for {params.shuffles} shuffles of age"
    script:
        "../scripts/fly_brain/weights.py"


rule fly_brain_pseudotime:
    input:
        factors=f"{FLY_CASE}/factors.h5ad",
        weights=f"{FLY_CASE}/weights.tsv",
        ages=f"{FLY_CASE}/ages.parquet",
    output:
        f"{FLY_CASE}/pseudotime.tsv",
    log:
        **logs("fly_brain/{fly_case}/pseudotime"),
    conda:
        "../envs/single_cell.yaml"
    resources:
        mem_mb=scaled(1500, per_input=30),
        runtime=minutes(240),
    params:
        roots=config["fly_brain"]["roots"],
        neighbours=config["fly_brain"]["neighbours"],
        seed=config["seed"],
    message:
        "Case {wildcards.fly_case}: diffusion pseudotime from {params.roots} young cells, for every representation"
    script:
        "../scripts/fly_brain/pseudotime.py"


rule fly_brain_costs:
    input:
        factors=f"{FLY_CASE}/factors.h5ad",
        weights=f"{FLY_CASE}/weights.tsv",
    output:
        f"{FLY_CASE}/costs.tsv",
    log:
        **logs("fly_brain/{fly_case}/costs"),
    conda:
        "../envs/single_cell.yaml"
    resources:
        mem_mb=scaled(1500, per_input=30),
    params:
        settings=config["fly_brain"]["costs"],
        seed=config["seed"],
    message:
        "Case {wildcards.fly_case}: neighbours kept, clusters and silhouettes of cell types"
    script:
        "../scripts/fly_brain/costs.py"


rule fly_brain_embed:
    input:
        factors=f"{FLY}/text/factors.h5ad",
        weights=f"{FLY}/text/weights.tsv",
    output:
        f"{FLY}/text/{{embedding}}.parquet",
    log:
        **logs("fly_brain/text/{embedding}"),
    conda:
        "../envs/single_cell.yaml"
    resources:
        mem_mb=scaled(1500, per_input=30),
        runtime=minutes(240),
    params:
        kind=lambda wildcards: wildcards.embedding,
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
        ranking=f"{FLY_CASE}/gene_ranking.tsv",
        overlap=f"{FLY_CASE}/gene_overlap.tsv",
        profile=f"{FLY_CASE}/gene_profile.tsv",
    log:
        **logs("fly_brain/{fly_case}/genes"),
    conda:
        "../envs/single_cell.yaml"
    resources:
        mem_mb=scaled(1500, per_input=30),
    params:
        settings=config["fly_brain"]["genes"],
    message:
        "Case {wildcards.fly_case}: genes weighted up, and their overlap with a {params.settings[test]} per age"
    script:
        "../scripts/fly_brain/genes.py"


rule fly_brain_claims:
    input:
        pseudotime=expand(f"{FLY}/{{case}}/pseudotime.tsv", case=["text", "released"]),
        overlap=f"{FLY}/text/gene_overlap.tsv",
        profile=f"{FLY}/text/gene_profile.tsv",
        ranking=f"{FLY}/text/gene_ranking.tsv",
    output:
        f"{RESULTS}/claims/fly_brain.tsv",
    log:
        **logs("claims/fly_brain"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(300),
    params:
        cases=["text", "released"],
    message:
        "Our values for the paper's numbers of Figure 3"
    script:
        "../scripts/fly_brain/claims.py"


rule fly_brain_figure3:
    input:
        embeddings=f"{FLY}/text/umap.parquet",
        pseudotime=f"{FLY}/text/pseudotime.tsv",
        profile=f"{FLY}/text/gene_profile.tsv",
    output:
        **figure_files("figure3"),
    log:
        **logs("figures/figure3"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(700, per_input=10),
    params:
        shown=config["fly_brain"]["shown"],
        chosen=f"{config['fly_brain']['cases']['text']['cells']} of {config['fly_brain']['line']}",
        simulated=SIMULATED,
    message:
        "Drawing Figure 3: UMAP of RNA and of s in {params.shown}, and the genes"
    script:
        "../scripts/fly_brain/figures/figure3.py"


rule fly_brain_figureS6:
    input:
        embeddings=expand(f"{FLY}/text/{{embedding}}.parquet", embedding=["umap", "tsne"]),
        pseudotime=f"{FLY}/text/pseudotime.tsv",
    output:
        **figure_files("figureS6"),
    log:
        **logs("figures/figureS6"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(700, per_input=10),
    params:
        simulated=SIMULATED,
    message:
        "Drawing Figure S6: UMAP and t-SNE of every representation"
    script:
        "../scripts/fly_brain/figures/figureS6.py"


rule fly_brain_figure_cost:
    input:
        pseudotime=expand(f"{FLY}/{{case}}/pseudotime.tsv", case=["text", "released"]),
        costs=f"{FLY}/text/costs.tsv",
        overlap=f"{FLY}/text/gene_overlap.tsv",
    output:
        **figure_files("figure3_cost"),
    log:
        **logs("figures/figure3_cost"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(700),
    params:
        cases=["text", "released"],
        simulated=SIMULATED,
    message:
        "Drawing what is gained and what is paid, against s"
    script:
        "../scripts/fly_brain/figures/figure3_cost.py"
