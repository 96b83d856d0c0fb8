"""Slide-seq (Fig 4, S4, S5): which genes mark densely packed granule cells, and whose ranking survives a replicate.

Requires: the pucks of slide_seq, each as Puck_<id>.tar.gz, or in the same place (the mirror, or
results/<run>/sources/slide_seq) unpacked as Puck_<id> or under another name of the study's; gene sets. Makes: figures/figure4, figureS4, figureS5 and
claims/slide_seq.tsv under results/<run>/; tables under results/<run>/slide_seq/, those of one puck in a folder of its
own. Not part of the default target: slide_seq_scale (Table S1), a simulated puck of the paper's size.
"""


include: "slide_seq_common.smk"


wildcard_constraints:
    puck=rf"\d{{6}}_\d{{1,2}}[a-z]?|{PAPER_SIZE}",
    slide_factors=r"\d+",
    slide_method="spatialde|trendsceek|morans_i|spark_x",


FIGURES["slide_seq"] = expand(f"{RESULTS}/figures/{{figure}}.{{suffix}}", figure=SLIDE_FIGURES, suffix=FIGURE_FILES)
FIGURE_CAPTIONS["slide_seq"] = expand(f"{RESULTS}/captions/{{figure}}.rst", figure=SLIDE_FIGURES)


rule slide_seq:
    """The part's figures and claims."""
    input:
        FIGURES["slide_seq"],
        f"{RESULTS}/claims/slide_seq.tsv",


if SIMULATED:

    rule slide_seq_simulate:
        input:
            code=code("sources/simulate_slide_seq.py"),
        output:
            [source("slide_seq", f"Puck_{puck}.tar.gz") for puck in PUCKS],
        log:
            f"{RESULTS}/logs/slide_seq/simulate.log",
        benchmark:
            f"{RESULTS}/benchmarks/slide_seq/simulate.tsv"
        conda:
            "../envs/core.yaml"
        threads: 1
        resources:
            mem_mb=scaled(500),
        params:
            seed=config["seed"],
            pucks=PUCKS,
            sizes=config["simulate"]["slide_seq"],
        message:
            "Simulating pucks {params.pucks}: {params.sizes}, seed {params.seed}"
        script:
            "../scripts/sources/simulate_slide_seq.py"


rule slide_seq_read:
    input:
        puck_files,
        code=code("slide_seq/read_puck.py"),
    output:
        f"{SLIDE}/{{puck}}/counts.h5ad",
    log:
        f"{RESULTS}/logs/slide_seq/{{puck}}/read.log",
    benchmark:
        f"{RESULTS}/benchmarks/slide_seq/{{puck}}/read.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
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
        code=code("slide_seq/preprocess.py"),
    output:
        beads=f"{SLIDE}/{{puck}}/beads.h5ad",
        summary=f"{SLIDE}/{{puck}}/summary.tsv",
    log:
        f"{RESULTS}/logs/slide_seq/{{puck}}/preprocess.log",
    benchmark:
        f"{RESULTS}/benchmarks/slide_seq/{{puck}}/preprocess.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
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
        code=code("slide_seq/gene_table.py"),
    output:
        f"{SLIDE}/genes.tsv",
    log:
        f"{RESULTS}/logs/slide_seq/genes.log",
    benchmark:
        f"{RESULTS}/benchmarks/slide_seq/genes.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
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
        code=code("slide_seq/factors.py"),
    output:
        f"{SLIDE}/{{puck}}/factors_{{slide_factors}}.npz",
    log:
        f"{RESULTS}/logs/slide_seq/{{puck}}/factors_{{slide_factors}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/slide_seq/{{puck}}/factors_{{slide_factors}}.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
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
        code=code("slide_seq/schema_run.py"),
    output:
        ranking=f"{SLIDE}/{{puck}}/rankings/schema.parquet",
        loadings=f"{SLIDE}/{{puck}}/loadings/schema.parquet",
        runs=f"{SLIDE}/{{puck}}/schema_runs.tsv",
    log:
        f"{RESULTS}/logs/slide_seq/{{puck}}/schema.log",
    benchmark:
        f"{RESULTS}/benchmarks/slide_seq/{{puck}}/schema.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
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
        code=code("slide_seq/cca.py"),
    output:
        ranking=f"{SLIDE}/{{puck}}/rankings/cca.parquet",
        loadings=f"{SLIDE}/{{puck}}/loadings/cca.parquet",
    log:
        f"{RESULTS}/logs/slide_seq/{{puck}}/cca.log",
    benchmark:
        f"{RESULTS}/benchmarks/slide_seq/{{puck}}/cca.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
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
        code=[BASE / "scripts/slide_seq/released.py", *code("slide_seq/released.py")],
    output:
        ranking=f"{SLIDE}/{{puck}}/rankings/schema_learn.parquet",
        status=f"{SLIDE}/{{puck}}/rankings/schema_learn.json",
    log:
        f"{RESULTS}/logs/slide_seq/{{puck}}/schema_learn.log",
    benchmark:
        f"{RESULTS}/benchmarks/slide_seq/{{puck}}/schema_learn.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(1500 + SLIDE_CONFIG["schema_learn"]["pairs"] // 250),
        runtime=minutes(240),
    params:
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
        "The released package on puck {wildcards.puck}: {params.settings}"
    script:
        "../scripts/slide_seq/run_method.py"


rule slide_seq_method:
    input:
        beads=f"{SLIDE}/{{puck}}/beads.h5ad",
        genes_table=f"{SLIDE}/genes.tsv",
        module=lambda wildcards: BASE / f"scripts/slide_seq/{slide_module(wildcards)}.py",
        code=lambda wildcards: code(f"slide_seq/{slide_module(wildcards)}.py"),
    output:
        ranking=f"{SLIDE}/{{puck}}/rankings/{{slide_method}}.parquet",
        status=f"{SLIDE}/{{puck}}/rankings/{{slide_method}}.json",
    log:
        f"{RESULTS}/logs/slide_seq/{{puck}}/{{slide_method}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/slide_seq/{{puck}}/{{slide_method}}.tsv"
    conda:
        "../envs/spatial.yaml"
    threads: 1
    resources:
        mem_mb=scaled(1500, per_input=40),
    params:
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
        code=code("slide_seq/scores.py"),
    output:
        rankings=f"{SLIDE}/rankings.parquet",
        pairs=f"{SLIDE}/pairs.tsv",
        medians=f"{SLIDE}/medians.tsv",
        methods=f"{SLIDE}/methods.tsv",
    log:
        f"{RESULTS}/logs/slide_seq/scores.log",
    benchmark:
        f"{RESULTS}/benchmarks/slide_seq/scores.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
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
        code=code("slide_seq/enrichment.py"),
    output:
        terms=f"{SLIDE}/terms.tsv",
        shares=f"{SLIDE}/term_shares.tsv",
    log:
        f"{RESULTS}/logs/slide_seq/enrichment.log",
    benchmark:
        f"{RESULTS}/benchmarks/slide_seq/enrichment.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
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
        code=code("slide_seq/claims.py"),
    output:
        f"{RESULTS}/claims/slide_seq.tsv",
    log:
        f"{RESULTS}/logs/claims/slide_seq.log",
    benchmark:
        f"{RESULTS}/benchmarks/slide_seq/claims.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
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
        claims=BASE / "config/claims.yaml",
        code=code("slide_seq/figure4.py"),
    output:
        svg=report(
            f"{RESULTS}/figures/figure4.svg",
            category="Figure 4: Slide-seq",
            caption=Path.cwd() / FIGURE_CAPTIONS["slide_seq"][0],
            labels={"figure": "4a to e", "data": config["data"]},
        ),
        png=f"{RESULTS}/figures/figure4.png",
        tsv=f"{RESULTS}/figures/figure4.tsv",
    log:
        f"{RESULTS}/logs/figures/figure4.log",
    benchmark:
        f"{RESULTS}/benchmarks/slide_seq/figure4.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(1000),
    params:
        puck=PUCKS[0],
        clusters=SLIDE_CONFIG["clusters"],
        simulated=SIMULATED,
    message:
        "Drawing Figure 4: tissue of puck {params.puck}, and agreement of rankings"
    script:
        "../scripts/slide_seq/figure4.py"


rule slide_seq_figureS4:
    input:
        beads=f"{SLIDE}/{PUCKS[0]}/beads.h5ad",
        loadings=f"{SLIDE}/{PUCKS[0]}/loadings/cca.parquet",
        code=code("slide_seq/figure_s4.py"),
    output:
        svg=report(
            f"{RESULTS}/figures/figureS4.svg",
            category="Figure 4: Slide-seq",
            caption=Path.cwd() / FIGURE_CAPTIONS["slide_seq"][1],
            labels={"figure": "S4", "data": config["data"]},
        ),
        png=f"{RESULTS}/figures/figureS4.png",
        tsv=f"{RESULTS}/figures/figureS4.tsv",
    log:
        f"{RESULTS}/logs/figures/figureS4.log",
    benchmark:
        f"{RESULTS}/benchmarks/slide_seq/figureS4.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(1000),
    params:
        puck=PUCKS[0],
        simulated=SIMULATED,
    message:
        "Drawing Figure S4: beads of high and low loading by CCA, puck {params.puck}"
    script:
        "../scripts/slide_seq/figure_s4.py"


rule slide_seq_figureS5:
    input:
        pairs=f"{SLIDE}/pairs.tsv",
        shares=f"{SLIDE}/term_shares.tsv",
        claims=BASE / "config/claims.yaml",
        code=code("slide_seq/figure_s5.py"),
    output:
        svg=report(
            f"{RESULTS}/figures/figureS5.svg",
            category="Figure 4: Slide-seq",
            caption=Path.cwd() / FIGURE_CAPTIONS["slide_seq"][2],
            labels={"figure": "S5", "data": config["data"]},
        ),
        png=f"{RESULTS}/figures/figureS5.png",
        tsv=f"{RESULTS}/figures/figureS5.tsv",
    log:
        f"{RESULTS}/logs/figures/figureS5.log",
    benchmark:
        f"{RESULTS}/benchmarks/slide_seq/figureS5.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(1000),
    params:
        simulated=SIMULATED,
    message:
        "Drawing Figure S5: top genes and gene sets shared by pucks"
    script:
        "../scripts/slide_seq/figure_s5.py"


localrules:
    slide_seq_caption,


rule slide_seq_caption:
    input:
        template=BASE / "scripts/slide_seq/{slide_figure}.rst",
        ledger=f"{RESULTS}/claims.tsv",
    output:
        f"{RESULTS}/captions/{{slide_figure}}.rst",
    log:
        f"{RESULTS}/logs/captions/{{slide_figure}}.log",
    wildcard_constraints:
        slide_figure="|".join(SLIDE_FIGURES),
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(300),
    params:
        values={
            "simulated": SIMULATED,
            "pucks": PUCKS,
            "slide_seq": SLIDE_CONFIG,
        },
    message:
        "Filling the caption of {wildcards.slide_figure} from the ledger"
    script:
        "../scripts/report/caption.py"


include: "slide_seq_scale.smk"
