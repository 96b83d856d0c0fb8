"""What measures: outside the default target, each to be asked for by name, on a machine with nothing else to do.

- scaling (Table S1, Text S5): the core against schema_learn 0.2, and as rows and features grow; with the T cell receptors of tcr where
  it is configured. Makes scaling/{compare,grow,wide}.tsv and figure.{svg,png,tsv} under results/<run>/.
- own_growth: own from 1e5 to 5e6 rows against one pass in memory, which takes about 10 GB. Makes
  own/{growth,accuracy}.tsv and figure.{svg,png,tsv}. Each size is removed before the next is made.
"""

SCALING = f"{RESULTS}/scaling"


rule scaling_compare:
    input:
        chains=f"{RESULTS}/tcr/chains.parquet" if "tcr" in config["parts"] else [],
    output:
        f"{SCALING}/compare.tsv",
    log:
        **logs("scaling/compare"),
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
        "../scripts/benchmarks/compare.py"


rule scaling_grow:
    output:
        f"{SCALING}/grow.tsv",
    log:
        **logs("scaling/grow"),
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
        "../scripts/benchmarks/grow.py"


rule scaling_wide:
    """As features grow: the released package as far as its pairs fit into memory, the grid as far as it ends."""
    output:
        f"{SCALING}/wide.tsv",
    log:
        **logs("scaling/wide"),
    conda:
        "../envs/core.yaml"
    threads: 2
    resources:
        mem_mb=scaled(8000),
        runtime=minutes(120),
    params:
        cases={
            f"5,000 × {k:,}": {"n": 5_000, "k": k, "seed": config["seed"], "s": [0.9], "q": 1000}
            | {"methods": ["exact"] if k > 100 else ["schema_learn", "grid", "exact"]}
            for k in (20, 50, 100, 200, 500, 1_000, 2_000)
        },
        pairs=2_000_000,
    message:
        "Fitting {params.cases}, {threads} threads"
    script:
        "../scripts/benchmarks/compare.py"


rule scaling:
    """The figure, which asks for all the rest."""
    input:
        compare=f"{SCALING}/compare.tsv",
        grow=f"{SCALING}/grow.tsv",
        wide=f"{SCALING}/wide.tsv",
    output:
        multiext(f"{SCALING}/figure", svg=".svg", png=".png", tsv=".tsv"),
    log:
        **logs("scaling/figure"),
    params:
        simulated=SIMULATED,
    message:
        "Drawing {input.compare}, {input.grow} and {input.wide}"
    script:
        "../scripts/benchmarks/figure.py"


rule own_one_pass:
    input:
        h5ad=f"{OWN}/{{data}}.h5ad",
        weights=f"{OWN}/{{data}}/weights.tsv",
        fit=f"{OWN}/{{data}}/fit.json",
    output:
        f"{OWN}/{{data}}/one_pass.json",
    log:
        **logs("own/{data}/one_pass"),
    threads: 2
    resources:
        mem_mb=scaled(1000, per_input=4.0),
    params:
        **OWN_ASKED,
    message:
        "The same as {input.weights}, with all of {input.h5ad} in memory"
    script:
        "../scripts/benchmarks/own_one_pass.py"


rule own_accuracy:
    input:
        after=f"{OWN}/growth_{OWN_SIZES[-1]}/one_pass.json",  # not beside what is timed
    output:
        f"{OWN}/accuracy.tsv",
    log:
        **logs("own/accuracy"),
    resources:
        mem_mb=scaled(2000, per_input=0),
    params:
        rows=[1_000_000, 10_000_000, 100_000_000],
        offsets=[0, 100, 10_000],  # of the mean from 0, in standard deviations
        jobs=20,
        seed=config["seed"],
    message:
        "Adding up moments of {params.rows} rows, with means {params.offsets} standard deviations from 0"
    script:
        "../scripts/benchmarks/own_accuracy.py"


rule own_table:
    input:
        measured=[f"{OWN}/growth_{size}/one_pass.json" for size in OWN_SIZES],
        usage=[
            f"{RESULTS}/usage/own/growth_{size}/{step}.json"
            for size in OWN_SIZES
            for step in (*gather.own("moments/{scatteritem}"), "gather", "solve")
        ],
    output:
        f"{OWN}/growth.tsv",
    log:
        **logs("own/table"),
    params:
        sizes=OWN_SIZES,
        jobs=OWN_JOBS,
        results=lambda wildcards, input: str(Path(input.measured[0]).parents[1]),
        usage=lambda wildcards, input: str(Path(input.usage[0]).parents[2]),
    message:
        "Time and memory of {params.sizes} rows"
    script:
        "../scripts/benchmarks/own_growth.py"


rule own_growth:
    """The figure, which asks for all the rest."""
    input:
        growth=f"{OWN}/growth.tsv",
        accuracy=f"{OWN}/accuracy.tsv",
    output:
        multiext(f"{OWN}/figure", svg=".svg", png=".png", tsv=".tsv"),
    log:
        **logs("own/figure"),
    message:
        "Drawing {input.growth} and {input.accuracy}"
    script:
        "../scripts/benchmarks/own_figure.py"
