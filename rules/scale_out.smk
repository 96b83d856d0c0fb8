"""The core on an AnnData of any number of rows, over many jobs: ask for scale_out. Not part of the default target.

Requires: scale_out.h5ad in the config; where it is null, one is simulated, and removed once it has been read.
Makes: weights.tsv, fit.json and the summed moments.npz under results/<run>/scale_out/own/ (or generated_<rows>/).
"""


include: "scale_out_common.smk"


scattergather:
    scale_out=SCALE_OUT_JOBS,


rule scale_out:
    """Weights by feature, and how good they are."""
    input:
        f"{SCALE_OUT}/{SCALE_OUT_DATA}/weights.tsv",
        f"{SCALE_OUT}/{SCALE_OUT_DATA}/fit.json",
    localrule: True


rule scale_out_simulate:
    input:
        after=lambda wildcards: SCALE_OUT_AFTER.get(wildcards.name, []),
    output:
        temp(f"{SCALE_OUT}/{{name}}.h5ad"),
    log:
        **logs("scale_out/{name}/simulate"),
    wildcard_constraints:
        name=r"(generated|growth)_\d+",
    resources:
        mem_mb=scaled(1000, per_input=0),
    params:
        rows=lambda wildcards: int(wildcards.name.split("_")[1]),
        features=config["simulate"]["scale_out"]["features"],
        seed=config["seed"],
    message:
        "Simulating {params.rows} rows × {params.features} with a planted truth"
    script:
        "../scripts/scale_out/simulate.py"


rule scale_out_plan:
    input:
        h5ad=scale_out_input,
    output:
        f"{SCALE_OUT}/{{data}}/plan.json",
    log:
        **logs("scale_out/{data}/plan"),
    localrule: True
    resources:
        mem_mb=scaled(700, per_input=0),
    params:
        **SCALE_OUT_VALUES,
        h5ad=scale_out_path,
        jobs=SCALE_OUT_JOBS,
    message:
        "Checking {params.h5ad}: {params.features} and {params.modalities}"
    script:
        "../scripts/scale_out/plan.py"


rule scale_out_moments:
    input:
        h5ad=scale_out_input,
        plan=f"{SCALE_OUT}/{{data}}/plan.json",
    output:
        moments=f"{SCALE_OUT}/{{data}}/moments/{{scatteritem}}.npz",
        taken=f"{SCALE_OUT}/{{data}}/moments/{{scatteritem}}.json",
    log:
        **logs("scale_out/{data}/moments/{scatteritem}"),
    retries: 1
    resources:
        mem_mb=scaled(1500, per_input=0),
    params:
        **SCALE_OUT_VALUES,
        h5ad=scale_out_path,
        rows_per_chunk=config["scale_out"]["rows_per_chunk"],
    message:
        "Moments of the rows of {wildcards.scatteritem}, {params.rows_per_chunk} at a time"
    script:
        "../scripts/scale_out/moments.py"


rule scale_out_gather:
    input:
        moments=gather.scale_out(f"{SCALE_OUT}/{{{{data}}}}/moments/{{scatteritem}}.npz"),
    output:
        f"{SCALE_OUT}/{{data}}/moments.npz",
    log:
        **logs("scale_out/{data}/gather"),
    resources:
        mem_mb=scaled(1000, per_input=0),
    message:
        "Adding up the moments of all jobs"
    script:
        "../scripts/scale_out/gather.py"


rule scale_out_solve:
    input:
        moments=f"{SCALE_OUT}/{{data}}/moments.npz",
        plan=f"{SCALE_OUT}/{{data}}/plan.json",
    output:
        weights=f"{SCALE_OUT}/{{data}}/weights.tsv",
        fit=f"{SCALE_OUT}/{{data}}/fit.json",
    log:
        **logs("scale_out/{data}/solve"),
    params:
        **SCALE_OUT_ASKED,
        h5ad=scale_out_path,
    message:
        "Solving with s = {params.min_correlation}, q = {params.max_weight_ratio}"
    script:
        "../scripts/scale_out/weigh.py"
