"""Slide-seq (Fig 4, S4, S5): which genes mark densely packed granule cells, and whose ranking survives a replicate.

Requires: the pucks of slide_seq, each as Puck_<id>.tar.gz, or in the same place (the mirror, or
results/<run>/sources/slide_seq) unpacked as Puck_<id> or under another name of the study's; gene sets. Makes:
figures/figure4, figureS4, figureS5 and claims/slide_seq.tsv under results/<run>/; tables under
results/<run>/slide_seq/, those of one puck in a folder of its own. The target slide_seq_scale (Table S1) is in
rules/benchmarks.smk.
"""


include: "slide_seq_common.smk"


simulate(
    "slide_seq",
    params={"pucks": PUCKS, "sizes": config["simulate"]["slide_seq"]},
    archives=[source("slide_seq", f"Puck_{puck}.tar.gz") for puck in PUCKS],
)


rule slide_seq_read:
    input:
        puck_files,
    output:
        counts=f"{SLIDE}/{{puck}}/counts.h5ad",
        scope=f"{SLIDE}/{{puck}}/scope.tsv",
    log:
        **logs("slide_seq/{puck}/read"),
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
    params:
        puck="{puck}",
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
    params:
        pucks=PUCKS,
    message:
        "Mean expression of each gene in pucks {params.pucks}"
    script:
        "../scripts/slide_seq/expression.py"


rule slide_seq_factors:
    input:
        beads=f"{SLIDE}/{{puck}}/beads.h5ad",
    output:
        f"{SLIDE}/{{puck}}/factors_{{number}}.npz",
    log:
        **logs("slide_seq/{puck}/factors_{number}"),
    wildcard_constraints:
        number=r"\d+",
    resources:
        mem_mb=scaled(800, per_input=40),
        runtime=minutes(120),
    params:
        number=lambda wildcards: int(wildcards.number),
        nmf_seed=SLIDE_CONFIG["factors"]["seed"],
        max_iter=SLIDE_CONFIG["factors"]["max_iter"],
    message:
        "{wildcards.number} factors of puck {wildcards.puck}, seed {params.nmf_seed}"
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
    params:
        numbers=slide_numbers,
        settings=SLIDE_SCHEMA,
    message:
        "Schema on puck {wildcards.puck}, {params.numbers} factors: {params.settings}"
    script:
        "../scripts/slide_seq/methods/schema.py"


rule slide_seq_cca:
    input:
        beads=f"{SLIDE}/{{puck}}/beads.h5ad",
    output:
        ranking=f"{SLIDE}/{{puck}}/rankings/cca.parquet",
        loadings=f"{SLIDE}/{{puck}}/loadings/cca.parquet",
    log:
        **logs("slide_seq/{puck}/cca"),
    message:
        "CCA on puck {wildcards.puck}, in two steps and in one"
    script:
        "../scripts/slide_seq/methods/cca.py"


for environment in sorted({method.environment for method in RIVALS.values()}):

    rule:
        name:
            f"slide_seq_rival_{environment}"
        input:
            beads=f"{SLIDE}/{{puck}}/beads.h5ad",
            beside=lambda wildcards: SLIDE_READ[RIVALS[wildcards.rival].reads].format(**wildcards),
        output:
            ranking=f"{SLIDE}/{{puck}}/rankings/{{rival}}.parquet",
            status=f"{SLIDE}/{{puck}}/rankings/{{rival}}.json",
        log:
            **logs("slide_seq/{puck}/{rival}"),
        wildcard_constraints:
            rival="|".join(name for name in RIVALS if RIVALS[name].environment == environment),
        conda:
            f"../envs/{environment}.yaml"
        resources:
            mem_mb=scaled(slide_megabytes, per_input=40),
            runtime=minutes(240),
        params:
            lambda wildcards: code(f"slide_seq/methods/{RIVALS[wildcards.rival].module}.py"),
            module=lambda wildcards: RIVALS[wildcards.rival].module,
            reads=lambda wildcards: RIVALS[wildcards.rival].reads,
            settings=slide_settings,
            seed=config["seed"],
        message:
            "{wildcards.rival} on puck {wildcards.puck}: {params.settings}"
        script:
            "../scripts/slide_seq/run_method.py"


rule slide_seq_scores:
    input:
        rankings=puck_rankings("parquet", ["schema", "cca", *SLIDE_CONFIG["methods"]]),
        statuses=puck_rankings("json", SLIDE_CONFIG["methods"]),
        genes=f"{SLIDE}/genes.tsv",
    output:
        **tables(SLIDE, "pairs", "methods"),
        rankings=f"{SLIDE}/rankings.parquet",
    log:
        **logs("slide_seq/scores"),
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
        **tables(SLIDE, "terms", shares="term_shares"),
    log:
        **logs("slide_seq/enrichment"),
    params:
        **SLIDE_CONFIG["enrichment"],
        n_pucks=len(PUCKS),
        limits=GENE_SET_LIMITS,
    message:
        "Gene sets in the top {params.tops} genes of {params.methods}"
    script:
        "../scripts/slide_seq/enrichment.py"


add_figures(
    "slide_seq",
    "Figure 4: Slide-seq",
    {"figure4": "4a to e", "figureS4": "S4", "figureS5": "S5"},
    pucks=PUCKS,
    slide_seq=SLIDE_CONFIG,
)

draw(
    "slide_seq",
    "figure4",
    beads=f"{SLIDE}/{PUCKS[0]}/beads.h5ad",
    loadings=f"{SLIDE}/{PUCKS[0]}/loadings/schema.parquet",
    **tables(SLIDE, "pairs", "methods"),
)

draw(
    "slide_seq",
    "figureS4",
    beads=f"{SLIDE}/{PUCKS[0]}/beads.h5ad",
    loadings=f"{SLIDE}/{PUCKS[0]}/loadings/cca.parquet",
)

draw("slide_seq", "figureS5", **tables(SLIDE, "pairs", shares="term_shares"))

claim(
    "slide_seq",
    params={
        "pucks": PUCKS,
        "min_umi": SLIDE_CONFIG["min_umi"],
        "factors": SLIDE_FACTORS,
        "subsets": {name: SLIDE_CONFIG[name] for name in RIVALS if "beads" in SLIDE_CONFIG.get(name, {})},
        "tops": SLIDE_CONFIG["enrichment"]["tops"],
    },
    scope=expand(f"{SLIDE}/{{puck}}/scope.tsv", puck=PUCKS),
    summaries=expand(f"{SLIDE}/{{puck}}/summary.tsv", puck=PUCKS),
    **tables(SLIDE, "pairs", "methods", "terms", shares="term_shares"),
    go=f"{GENE_SETS}/go.gmt",
    reactome=f"{GENE_SETS}/reactome.gmt",
)
