"""Slide-seq (Fig 4, S4, S5): which genes mark densely packed granule cells, and whose ranking survives a replicate.

Requires: the pucks of slide_seq, each as Puck_<id>.tar.gz, or in the same place (the mirror, or
results/<run>/sources/slide_seq) unpacked as Puck_<id> or under another name of the study's; gene sets. Makes:
figures/figure4, figureS4, figureS5 and claims/slide_seq.tsv under results/<run>/; tables under
results/<run>/slide_seq/, those of one puck in a folder of its own.
"""


include: "slide_seq_common.smk"


wildcard_constraints:
    replicates="|".join(REPLICATES),
    puck=r"[^/]+",


simulate(
    "slide_seq",
    params={"pucks": PUCKS, "sizes": config["simulate"]["slide_seq"]},
    archives=[source("slide_seq", f"Puck_{puck}.tar.gz") for puck in PUCKS],
    truth=source("slide_seq", "truth.json"),
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
        types=bead_types,
    output:
        beads=f"{OF_REPLICATES}/{{puck}}/beads.h5ad",
        summary=f"{OF_REPLICATES}/{{puck}}/summary.tsv",
    log:
        **logs("{replicates}/{puck}/preprocess"),
    params:
        puck="{puck}",
        least_posterior=lambda wildcards: REPLICATES[wildcards.replicates]["least_posterior"],
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
        beads=of_pucks("beads.h5ad"),
    output:
        f"{OF_REPLICATES}/genes.tsv",
    log:
        **logs("{replicates}/genes"),
    params:
        pucks=lambda wildcards: REPLICATES[wildcards.replicates]["pucks"],
    message:
        "Mean expression of each gene in pucks {params.pucks}"
    script:
        "../scripts/slide_seq/expression.py"


rule slide_seq_factors:
    input:
        beads=f"{OF_REPLICATES}/{{puck}}/beads.h5ad",
    output:
        f"{OF_REPLICATES}/{{puck}}/factors_{{number}}.npz",
    log:
        **logs("{replicates}/{puck}/factors_{number}"),
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
        beads=f"{OF_REPLICATES}/{{puck}}/beads.h5ad",
        factors=[f"{OF_REPLICATES}/{{puck}}/factors_{n}.npz" for n in SLIDE_FACTORS],
    output:
        ranking=f"{OF_REPLICATES}/{{puck}}/rankings/schema.parquet",
        loadings=f"{OF_REPLICATES}/{{puck}}/loadings/schema.parquet",
        runs=f"{OF_REPLICATES}/{{puck}}/schema_runs.tsv",
    log:
        **logs("{replicates}/{puck}/schema"),
    params:
        numbers=SLIDE_FACTORS,
        settings=SLIDE_SCHEMA,
    message:
        "Schema on puck {wildcards.puck}, {params.numbers} factors: {params.settings}"
    script:
        "../scripts/slide_seq/methods/schema.py"


rule slide_seq_cca:
    input:
        beads=f"{OF_REPLICATES}/{{puck}}/beads.h5ad",
    output:
        ranking=f"{OF_REPLICATES}/{{puck}}/rankings/cca.parquet",
        loadings=f"{OF_REPLICATES}/{{puck}}/loadings/cca.parquet",
    log:
        **logs("{replicates}/{puck}/cca"),
    message:
        "CCA on puck {wildcards.puck}, in two steps and in one"
    script:
        "../scripts/slide_seq/methods/cca.py"


for environment in sorted({method.environment for method in RIVALS.values()}):

    rule:
        name:
            f"slide_seq_rival_{environment}"
        input:
            beads=f"{OF_REPLICATES}/{{puck}}/beads.h5ad",
            beside=lambda wildcards: SLIDE_READ[RIVALS[wildcards.rival].reads].format(**wildcards),
        output:
            ranking=f"{OF_REPLICATES}/{{puck}}/rankings/{{rival}}.parquet",
            status=f"{OF_REPLICATES}/{{puck}}/rankings/{{rival}}.json",
        log:
            **logs("{replicates}/{puck}/{rival}"),
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


rule slide_seq_same_subset:
    input:
        beads=f"{OF_REPLICATES}/{{puck}}/beads.h5ad",
        genes=f"{OF_REPLICATES}/genes.tsv",
    output:
        f"{OF_REPLICATES}/{{puck}}/same_subset.tsv",
    log:
        **logs("{replicates}/{puck}/same_subset"),
    params:
        **{name: SLIDE_CONFIG[name] for name in ("factors", "density")},
        puck="{puck}",
        subsets={name: SLIDE_SUBSETS[name] for name in SLIDE_SLOW},
        schema=SLIDE_SCHEMA,
        seed=config["seed"],
    message:
        "Time of Schema on what {params.subsets} were given of puck {wildcards.puck}"
    script:
        "../scripts/slide_seq/same_subset.py"


include: "slide_seq_figures.smk"
