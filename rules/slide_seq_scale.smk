"""Time and memory of one puck of the paper's size (Table S1), outside the default target: ask for slide_seq_scale.

Requires: nothing; a puck is simulated. Makes: slide_seq/scale.tsv and scale_claims.tsv under results/<run>/, from what
the part's own rules used. On a machine with nothing else to do.
"""

SCALE_STEPS = ("read", "preprocess", f"factors_{SLIDE_FACTORS[0]}", "schema")
SCALE_BESIDE = ("cca", "schema_learn")
PAPER_PUCK = f"{SLIDE}/{PAPER_SIZE}"


rule slide_seq_scale:
    """Table S1."""
    input:
        f"{SLIDE}/scale.tsv",
    localrule: True


rule slide_seq_scale_simulate:
    output:
        puck_archive(PAPER_SIZE),
    log:
        **logs(f"slide_seq/{PAPER_SIZE}/simulate"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(1000),
    params:
        seed=config["seed"],
        sizes={"beads": 24_847, "genes": 18_906, "kept_beads": 20_823, "kept_genes": 17_607, "umi": 100},
    message:
        "Simulating a puck of the paper's size: {params.sizes}"
    script:
        "../scripts/sources/simulate_paper_size.py"


rule slide_seq_scale_table:
    input:
        ranking=f"{PAPER_PUCK}/rankings/schema.parquet",
        beside=[f"{PAPER_PUCK}/rankings/{name}.parquet" for name in SCALE_BESIDE],
        summary=f"{PAPER_PUCK}/summary.tsv",
        usage=[f"{RESULTS}/usage/slide_seq/{PAPER_SIZE}/{name}.json" for name in (*SCALE_STEPS, *SCALE_BESIDE)],
    output:
        table=f"{SLIDE}/scale.tsv",
        claims=f"{SLIDE}/scale_claims.tsv",
    log:
        **logs("slide_seq/scale"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(300),
    params:
        steps=SCALE_STEPS,
        beside=SCALE_BESIDE,
    message:
        "Time and memory of {params.steps}"
    script:
        "../scripts/slide_seq/scale.py"
