"""Speed and memory (the paper's Table S1 and Text S5): the core against the released package, and as N grows.

Requires: schema_learn 0.2 in the environment; the T cell receptors of the part tcr, if it is configured (else that
comparison is left out). Makes: scaling/compare.tsv, grow.tsv and figure.{svg,png,tsv} under results/<run>/. Not part
of the default target: ask for `scaling`, on a machine with nothing else to do.
"""

SCALING = f"{RESULTS}/scaling"


rule scaling:
    """The part's figure."""
    input:
        expand(f"{SCALING}/figure.{{suffix}}", suffix=FIGURE_FILES),


rule scaling_compare:
    input:
        chains=f"{RESULTS}/tcr/chains.parquet" if "tcr" in config["parts"] else [],
    output:
        f"{SCALING}/compare.tsv",
    log:
        **logs("scaling/compare"),
    conda:
        "../envs/core.yaml"
    threads: 2
    resources:
        mem_mb=scaled(8000),
        runtime=minutes(120),
    params:
        cases={
            "5,000 × 20": {"n": 5_000, "k": 20, "seed": config["seed"], "s": [0.99, 0.9], "q": 1000},
            "20,823 × 100": {"n": 20_823, "k": 100, "seed": config["seed"], "s": [0.99, 0.9], "q": 1000},
            "TCR beta": {"chain": "TRB", "width": 20, "s": [0.01], "q": 1.8},
        },
        pairs=2_000_000,  # the released package's default
    message:
        "Fitting {params.cases} with schema_learn ({params.pairs} pairs), the grid and the exact solver, {threads} threads"
    script:
        "../scripts/scaling/compare.py"


rule scaling_grow:
    output:
        f"{SCALING}/grow.tsv",
    log:
        **logs("scaling/grow"),
    conda:
        "../envs/core.yaml"
    threads: 2
    resources:
        mem_mb=scaled(3000),
    params:
        sizes=[10_000, 30_000, 100_000, 300_000, 1_000_000],
        k=100,
        width=50,
        chunk=50_000,
        seed=config["seed"],
    message:
        "Fitting {params.sizes} × {params.k} with a {params.width}-d modality, in memory and streamed"
    script:
        "../scripts/scaling/grow.py"


rule scaling_figure:
    input:
        compare=f"{SCALING}/compare.tsv",
        grow=f"{SCALING}/grow.tsv",
    output:
        svg=f"{SCALING}/figure.svg",
        png=f"{SCALING}/figure.png",
        tsv=f"{SCALING}/figure.tsv",
    log:
        **logs("scaling/figure"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(500),
    params:
        simulated=SIMULATED,
    message:
        "Drawing {input.compare} and {input.grow}"
    script:
        "../scripts/scaling/figure.py"
