"""Slide-seq (Fig 4): from the rankings of rules/slide_seq.smk to their agreement, figures, captions and claims."""


rule slide_seq_scores:
    input:
        rankings=of_pucks("rankings/{method}.parquet"),
        statuses=of_pucks("rankings/{method}.json"),
        genes=f"{OF_REPLICATES}/genes.tsv",
    output:
        **tables(OF_REPLICATES, "pairs", "methods"),
        rankings=f"{OF_REPLICATES}/rankings.parquet",
    log:
        **logs("{replicates}/scores"),
    params:
        pucks=lambda wildcards: REPLICATES[wildcards.replicates]["pucks"],
        declared=SLIDE_DECLARED,
    message:
        "Agreement of gene rankings between pucks {params.pucks}"
    script:
        "../scripts/slide_seq/scores.py"


rule slide_seq_enrichment:
    input:
        rankings=f"{OF_REPLICATES}/rankings.parquet",
        go=f"{GENE_SETS}/go.gmt",
        reactome=f"{GENE_SETS}/reactome.gmt",
    output:
        **tables(OF_REPLICATES, "terms", shares="term_shares"),
    log:
        **logs("{replicates}/enrichment"),
    params:
        **SLIDE_CONFIG["enrichment"],
        n_pucks=lambda wildcards: len(REPLICATES[wildcards.replicates]["pucks"]),
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
    params={"names": cell_types()},
    beads=f"{SLIDE}/{PUCKS[0]}/beads.h5ad",
    loadings=f"{SLIDE}/{PUCKS[0]}/loadings/schema.parquet",
    **tables(SLIDE, "pairs", "methods"),
)

draw(
    "slide_seq",
    "figureS4",
    params={"names": cell_types()},
    beads=f"{SLIDE}/{PUCKS[0]}/beads.h5ad",
    loadings=f"{SLIDE}/{PUCKS[0]}/loadings/cca.parquet",
)

draw(
    "slide_seq",
    "figureS5",
    params={"variants": list(REPLICATES)[1:]},
    variants=of_sets("pairs")[1:],
    **tables(SLIDE, "pairs", shares="term_shares"),
)

claim(
    "slide_seq",
    params={
        "replicates": {Path(folder).name: one for folder, one in REPLICATES.items()},
        "min_umi": SLIDE_CONFIG["min_umi"],
        "clusters": [SLIDE_CONFIG["clusters"]["granule"], *SLIDE_CONFIG["clusters"]["others"]],
        "factors": SLIDE_FACTORS[0],
        "subsets": SLIDE_SUBSETS,
        "tops": SLIDE_CONFIG["enrichment"]["tops"],
        "steps": SLIDE_STEPS,
    },
    scope=expand(f"{SLIDE}/{{puck}}/scope.tsv", puck=PUCKS),
    **{name: of_sets(name) for name in ("pairs", "methods", "terms")},
    shares=of_sets("term_shares"),
    summaries=of_all_pucks("summary.tsv"),
    beads=of_all_pucks("beads.h5ad"),
    loadings=of_all_pucks("loadings/schema.parquet"),
    usage=expand(f"{RESULTS}/usage/slide_seq/{{puck}}/{{slow}}.json", puck=PUCKS, slow=SLIDE_SLOW),
    steps=expand(f"{RESULTS}/usage/slide_seq/{{puck}}/{{step}}.json", puck=PUCKS, step=SLIDE_STEPS),
    same_subset=expand(f"{SLIDE}/{{puck}}/same_subset.tsv", puck=PUCKS if SLIDE_SLOW else []),
    go=f"{GENE_SETS}/go.gmt",
    reactome=f"{GENE_SETS}/reactome.gmt",
)

planted(
    "slide_seq",
    params={"top": max(SLIDE_CONFIG["enrichment"]["tops"])},
    truth=source("slide_seq", "truth.json"),
    rankings=f"{SLIDE}/rankings.parquet",
    **tables(SLIDE, "pairs", "terms"),
)
