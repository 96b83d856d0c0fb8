"""Time, memory and rounding of scale_out as rows grow, against one pass in memory: ask for scale_out_growth.

Requires: nothing; data are simulated, each size removed before the next is made (the largest, 5e6 × 100, has 2.3 GB).
Makes: scale_out/{growth,accuracy}.tsv and figure.{svg,png,tsv} under results/<run>/. Needs about 10 GB of memory for the
pass in memory over 5e6 rows; on a machine with nothing else to do.
"""


rule scale_out_growth:
    """The figure and the tables behind it."""
    input:
        expand(f"{SCALE_OUT}/figure.{{suffix}}", suffix=FIGURE_FILES),
    localrule: True


rule scale_out_one_pass:
    input:
        h5ad=f"{SCALE_OUT}/{{data}}.h5ad",
        weights=f"{SCALE_OUT}/{{data}}/weights.tsv",
        fit=f"{SCALE_OUT}/{{data}}/fit.json",
    output:
        f"{SCALE_OUT}/{{data}}/one_pass.json",
    log:
        **logs("scale_out/{data}/one_pass"),
    conda:
        "../envs/core.yaml"
    threads: 2
    resources:
        mem_mb=scaled(1000, per_input=4.0),
    params:
        **SCALE_OUT_ASKED,
    message:
        "The same as {input.weights}, with all of {input.h5ad} in memory"
    script:
        "../scripts/scale_out/one_pass.py"


rule scale_out_accuracy:
    input:
        after=f"{SCALE_OUT}/growth_{SCALE_OUT_SIZES[-1]}/one_pass.json",  # not beside what is timed
    output:
        f"{SCALE_OUT}/accuracy.tsv",
    log:
        **logs("scale_out/accuracy"),
    conda:
        "../envs/core.yaml"
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
        "../scripts/scale_out/accuracy.py"


rule scale_out_table:
    input:
        measured=[f"{SCALE_OUT}/growth_{size}/one_pass.json" for size in SCALE_OUT_SIZES],
        usage=[
            f"{RESULTS}/usage/scale_out/growth_{size}/{step}.json"
            for size in SCALE_OUT_SIZES
            for step in (*gather.scale_out("moments/{scatteritem}"), "gather", "solve")
        ],
    output:
        f"{SCALE_OUT}/growth.tsv",
    log:
        **logs("scale_out/table"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(300),
    params:
        sizes=SCALE_OUT_SIZES,
        jobs=SCALE_OUT_JOBS,
        results=lambda wildcards, input: str(Path(input.measured[0]).parents[1]),
        usage=lambda wildcards, input: str(Path(input.usage[0]).parents[2]),
    message:
        "Time and memory of {params.sizes} rows"
    script:
        "../scripts/scale_out/growth.py"


rule scale_out_figure:
    input:
        growth=f"{SCALE_OUT}/growth.tsv",
        accuracy=f"{SCALE_OUT}/accuracy.tsv",
    output:
        svg=f"{SCALE_OUT}/figure.svg",
        png=f"{SCALE_OUT}/figure.png",
        tsv=f"{SCALE_OUT}/figure.tsv",
    log:
        **logs("scale_out/figure"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(500),
    message:
        "Drawing {input.growth} and {input.accuracy}"
    script:
        "../scripts/scale_out/figure.py"
