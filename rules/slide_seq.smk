"""Slide-seq (Fig 4, S4, S5): which genes mark densely packed granule cells, and whose ranking survives a replicate.

Requires: the pucks of slide_seq, each as Puck_<id>.tar.gz, or in the same place (the mirror, or
results/<run>/sources/slide_seq) unpacked as Puck_<id> or under another name of the study's; gene sets. Makes:
figures/figure4, figureS4, figureS5 and claims/slide_seq.tsv under results/<run>/; tables under
results/<run>/slide_seq/, those of one puck in a folder of its own. Not part of the default target: slide_seq_scale
(Table S1), a simulated puck of the paper's size.
"""


include: "slide_seq_common.smk"


wildcard_constraints:
    puck=rf"\d{{6}}_\d{{1,2}}[a-z]?|{PAPER_SIZE}",
    slide_factors=r"\d+",
    slide_method="spatialde|trendsceek|morans_i|spark_x",


add_figures("slide_seq", "Figure 4: Slide-seq", SLIDE_FIGURES, pucks=PUCKS, slide_seq=SLIDE_CONFIG)


rule slide_seq:
    """The part's figures and claims."""
    input:
        FIGURES["slide_seq"],
        f"{RESULTS}/claims/slide_seq.tsv",


if SIMULATED:

    rule slide_seq_simulate:
        output:
            [source("slide_seq", f"Puck_{puck}.tar.gz") for puck in PUCKS],
        log:
            **logs("slide_seq/simulate"),
        conda:
            "../envs/core.yaml"
        resources:
            mem_mb=scaled(500),
        params:
            seed=config["seed"],
            pucks=PUCKS,
            sizes=config["simulate"]["slide_seq"],
        message:
            "Simulating pucks {params.pucks}: {params.sizes}, seed {params.seed}"
        script:
            "../scripts/slide_seq/simulate/sources.py"


rule slide_seq_read:
    input:
        puck_files,
    output:
        f"{SLIDE}/{{puck}}/counts.h5ad",
    log:
        **logs("slide_seq/{puck}/read"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(800, per_input=10),
    params:
        place=puck_place,
        published=lambda wildcards: published("slide_seq", puck=f"Puck_{wildcards.puck}.tar.gz"),
    message:
        "Reading {params.place}"
    script:
        "../scripts/slide_seq/read_puck.py"


rule slide_seq_preprocess:
    input:
        puck=f"{SLIDE}/{{puck}}/counts.h5ad",
    output:
        beads=f"{SLIDE}/{{puck}}/beads.h5ad",
        summary=f"{SLIDE}/{{puck}}/summary.tsv",
    log:
        **logs("slide_seq/{puck}/preprocess"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(800, per_input=20),
    params:
        puck=lambda wildcards: wildcards.puck,
        min_umi=SLIDE_CONFIG["min_umi"],
        granule=SLIDE_CONFIG["clusters"]["granule"],
        bandwidth=SLIDE_CONFIG["density"]["bandwidth"],
        upper=SLIDE_CONFIG["density"]["upper"],
        seed=config["seed"],
    message:
        "Beads of puck {wildcards.puck} with more than {params.min_umi} UMI; density with bandwidth {params.bandwidth}"
    script:
        "../scripts/slide_seq/preprocess.py"


rule slide_seq_genes:
    input:
        beads=expand(f"{SLIDE}/{{puck}}/beads.h5ad", puck=PUCKS),
    output:
        f"{SLIDE}/genes.tsv",
    log:
        **logs("slide_seq/genes"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(800, per_input=20),
    params:
        pucks=PUCKS,
    message:
        "Mean expression of each gene in pucks {params.pucks}"
    script:
        "../scripts/slide_seq/gene_table.py"


rule slide_seq_factors:
    input:
        beads=f"{SLIDE}/{{puck}}/beads.h5ad",
    output:
        f"{SLIDE}/{{puck}}/factors_{{slide_factors}}.npz",
    log:
        **logs("slide_seq/{puck}/factors_{slide_factors}"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(800, per_input=40),
        runtime=minutes(120),
    params:
        number=lambda wildcards: int(wildcards.slide_factors),
        nmf_seed=SLIDE_CONFIG["factors"]["seed"],
        max_iter=SLIDE_CONFIG["factors"]["max_iter"],
    message:
        "{wildcards.slide_factors} factors of puck {wildcards.puck}, seed {params.nmf_seed}"
    script:
        "../scripts/slide_seq/factors.py"


rule slide_seq_schema:
    input:
        beads=f"{SLIDE}/{{puck}}/beads.h5ad",
        factors=lambda wildcards: [f"{SLIDE}/{wildcards.puck}/factors_{n}.npz" for n in slide_numbers(wildcards)],
    output:
        ranking=f"{SLIDE}/{{puck}}/rankings/schema.parquet",
        loadings=f"{SLIDE}/{{puck}}/loadings/schema.parquet",
        runs=f"{SLIDE}/{{puck}}/schema_runs.tsv",
    log:
        **logs("slide_seq/{puck}/schema"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(800, per_input=20),
    params:
        numbers=lambda wildcards: slide_numbers(wildcards),
        settings=SLIDE_SCHEMA,
    message:
        "Schema on puck {wildcards.puck}, {params.numbers} factors: {params.settings}"
    script:
        "../scripts/slide_seq/schema_run.py"


rule slide_seq_cca:
    input:
        beads=f"{SLIDE}/{{puck}}/beads.h5ad",
    output:
        ranking=f"{SLIDE}/{{puck}}/rankings/cca.parquet",
        loadings=f"{SLIDE}/{{puck}}/loadings/cca.parquet",
    log:
        **logs("slide_seq/{puck}/cca"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(800, per_input=20),
    message:
        "CCA on puck {wildcards.puck}, in two steps and in one"
    script:
        "../scripts/slide_seq/cca.py"


rule slide_seq_released:
    input:
        beads=f"{SLIDE}/{{puck}}/beads.h5ad",
        factors=f"{SLIDE}/{{puck}}/factors_{SLIDE_FACTORS[0]}.npz",
    output:
        ranking=f"{SLIDE}/{{puck}}/rankings/schema_learn.parquet",
        status=f"{SLIDE}/{{puck}}/rankings/schema_learn.json",
    log:
        **logs("slide_seq/{puck}/schema_learn"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(1500 + SLIDE_CONFIG["schema_learn"]["pairs"] // 250),
        runtime=minutes(240),
    params:
        *code("slide_seq/released.py"),
        module="released",
        settings=SLIDE_SCHEMA
        | {
            "pairs": SLIDE_CONFIG["schema_learn"]["pairs"],
            "density_weights": SLIDE_CONFIG["schema_learn"]["density_weights"],
            "shares": SLIDE_CONFIG["schema_learn"]["correlation_shares"],
        },
        paths=["factors"],
        seed=config["seed"],
    message:
        "schema_learn on puck {wildcards.puck}: {params.settings}"
    script:
        "../scripts/slide_seq/run_method.py"


rule slide_seq_method:
    input:
        beads=f"{SLIDE}/{{puck}}/beads.h5ad",
        genes_table=f"{SLIDE}/genes.tsv",
    output:
        ranking=f"{SLIDE}/{{puck}}/rankings/{{slide_method}}.parquet",
        status=f"{SLIDE}/{{puck}}/rankings/{{slide_method}}.json",
    log:
        **logs("slide_seq/{puck}/{slide_method}"),
    conda:
        "../envs/spatial.yaml"
    resources:
        mem_mb=scaled(1500, per_input=40),
    params:
        lambda wildcards: code(f"slide_seq/{slide_module(wildcards)}.py"),
        module=slide_module,
        settings=lambda wildcards: SLIDE_CONFIG[wildcards.slide_method],
        paths=["genes_table"],
        seed=config["seed"],
    message:
        "{wildcards.slide_method} on puck {wildcards.puck}: {params.settings}"
    script:
        "../scripts/slide_seq/run_method.py"


rule slide_seq_scores:
    input:
        rankings=puck_rankings("parquet", ["schema", "cca", *SLIDE_CONFIG["methods"]]),
        statuses=puck_rankings("json", SLIDE_CONFIG["methods"]),
        genes=f"{SLIDE}/genes.tsv",
    output:
        rankings=f"{SLIDE}/rankings.parquet",
        pairs=f"{SLIDE}/pairs.tsv",
        medians=f"{SLIDE}/medians.tsv",
        methods=f"{SLIDE}/methods.tsv",
    log:
        **logs("slide_seq/scores"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(800, per_input=20),
    params:
        pucks=PUCKS,
        declared=SLIDE_DECLARED,
    message:
        "Agreement of gene rankings between pucks {params.pucks}"
    script:
        "../scripts/slide_seq/scores.py"


rule slide_seq_enrichment:
    input:
        rankings=f"{SLIDE}/rankings.parquet",
        go=f"{GENE_SETS}/go.gmt",
        reactome=f"{GENE_SETS}/reactome.gmt",
    output:
        terms=f"{SLIDE}/terms.tsv",
        shares=f"{SLIDE}/term_shares.tsv",
    log:
        **logs("slide_seq/enrichment"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(800, per_input=20),
    params:
        **SLIDE_CONFIG["enrichment"],
        n_pucks=len(PUCKS),
    message:
        "Gene sets in the top {params.tops} genes of {params.methods}"
    script:
        "../scripts/slide_seq/enrichment.py"


rule slide_seq_claims:
    input:
        summaries=expand(f"{SLIDE}/{{puck}}/summary.tsv", puck=PUCKS),
        pairs=f"{SLIDE}/pairs.tsv",
        methods=f"{SLIDE}/methods.tsv",
        terms=f"{SLIDE}/terms.tsv",
        shares=f"{SLIDE}/term_shares.tsv",
        go=f"{GENE_SETS}/go.gmt",
        reactome=f"{GENE_SETS}/reactome.gmt",
    output:
        f"{RESULTS}/claims/slide_seq.tsv",
    log:
        **logs("claims/slide_seq"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(500),
    params:
        pucks=PUCKS,
        min_umi=SLIDE_CONFIG["min_umi"],
        factors=SLIDE_FACTORS,
        subsets={name: SLIDE_CONFIG[name] for name in ("spatialde", "trendsceek", "morans_i", "spark_x")},
        tops=SLIDE_CONFIG["enrichment"]["tops"],
    message:
        "Our values for the paper's numbers of Figure 4, pucks {params.pucks}"
    script:
        "../scripts/slide_seq/claims.py"


rule slide_seq_figure4:
    input:
        beads=f"{SLIDE}/{PUCKS[0]}/beads.h5ad",
        loadings=f"{SLIDE}/{PUCKS[0]}/loadings/schema.parquet",
        pairs=f"{SLIDE}/pairs.tsv",
        methods=f"{SLIDE}/methods.tsv",
    output:
        **figure_files("figure4"),
    log:
        **logs("figures/figure4"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(1000),
    params:
        puck=PUCKS[0],
        clusters=SLIDE_CONFIG["clusters"],
        simulated=SIMULATED,
    message:
        "Drawing Figure 4: tissue of puck {params.puck}, and agreement of rankings"
    script:
        "../scripts/slide_seq/figures/figure4.py"


rule slide_seq_figureS4:
    input:
        beads=f"{SLIDE}/{PUCKS[0]}/beads.h5ad",
        loadings=f"{SLIDE}/{PUCKS[0]}/loadings/cca.parquet",
    output:
        **figure_files("figureS4"),
    log:
        **logs("figures/figureS4"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(1000),
    params:
        puck=PUCKS[0],
        simulated=SIMULATED,
    message:
        "Drawing Figure S4: beads of high and low loading by CCA, puck {params.puck}"
    script:
        "../scripts/slide_seq/figures/figureS4.py"


rule slide_seq_figureS5:
    input:
        pairs=f"{SLIDE}/pairs.tsv",
        shares=f"{SLIDE}/term_shares.tsv",
    output:
        **figure_files("figureS5"),
    log:
        **logs("figures/figureS5"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(1000),
    params:
        simulated=SIMULATED,
    message:
        "Drawing Figure S5: top genes and gene sets shared by pucks"
    script:
        "../scripts/slide_seq/figures/figureS5.py"
