"""Schema on files whose rows are dealt out to jobs, from moments of groups of rows (see own.smk); simulated files.

Requires: a file with more rows than own.rows_in_memory, or none. Makes: what own.smk lists, and for the target
own_growth the weights of simulated files of several sizes.
"""

OWN_BY_JOBS = rf"growth_\d+|{OWN_DATA}" if OWN_DEALT else r"growth_\d+"


scattergather:
    own=OWN_JOBS,


rule own_simulate:
    input:
        after=lambda wildcards: OWN_AFTER.get(wildcards.name, []),
    output:
        temp(f"{OWN}/{{name}}.h5ad"),
    log:
        **logs("own/{name}/simulate"),
    wildcard_constraints:
        name=r"(generated|growth)_\d+",
    resources:
        mem_mb=scaled(1000, per_input=0),
    params:
        rows=lambda wildcards: int(wildcards.name.split("_")[1]),
        features=config["simulate"]["own"]["features"],
        seed=config["seed"],
    message:
        "Simulating {params.rows} rows × {params.features} with a planted truth"
    script:
        "../scripts/own/simulate.py"


rule own_plan:
    input:
        h5ad=own_input,
    output:
        f"{OWN}/{{data}}/plan.json",
    log:
        **logs("own/{data}/plan"),
    wildcard_constraints:
        data=OWN_BY_JOBS,
    localrule: True
    resources:
        mem_mb=scaled(700, per_input=0),
    params:
        **OWN_VALUES,
        h5ad=own_path,
        jobs=OWN_JOBS,
        tables=", ".join(one["values"] for one in OWN_MODALITIES),
        representations=OWN_REPRESENTED if OWN_DEALT else {},
    message:
        "Checking {params.h5ad}: {params.features} and {params.tables}"
    script:
        "../scripts/own/plan.py"


rule own_moments:
    input:
        h5ad=own_input,
        plan=f"{OWN}/{{data}}/plan.json",
    output:
        moments=f"{OWN}/{{data}}/moments/{{scatteritem}}.npz",
        taken=f"{OWN}/{{data}}/moments/{{scatteritem}}.json",
    log:
        **logs("own/{data}/moments/{scatteritem}"),
    wildcard_constraints:
        data=r"growth_\d+",
    retries: 1
    resources:
        mem_mb=scaled(1500, per_input=0),
    params:
        **OWN_VALUES,
        h5ad=own_path,
        rows_per_chunk=config["own"]["rows_per_chunk"],
    message:
        "Moments of the rows of {wildcards.scatteritem}, {params.rows_per_chunk} at a time"
    script:
        "../scripts/own/moments.py"


rule own_gather:
    input:
        moments=gather.own(f"{OWN}/{{{{data}}}}/moments/{{scatteritem}}.npz"),
    output:
        f"{OWN}/{{data}}/moments.npz",
    log:
        **logs("own/{data}/gather"),
    wildcard_constraints:
        data=r"growth_\d+",
    resources:
        mem_mb=scaled(1000, per_input=0),
    message:
        "Adding up the moments of all jobs"
    script:
        "../scripts/own/gather.py"


rule own_solve:
    input:
        moments=f"{OWN}/{{data}}/moments.npz",
        plan=f"{OWN}/{{data}}/plan.json",
    output:
        weights=f"{OWN}/{{data}}/weights.tsv",
        fit=f"{OWN}/{{data}}/fit.json",
    log:
        **logs("own/{data}/solve"),
    wildcard_constraints:
        data=r"growth_\d+",
    params:
        **OWN_ASKED,
        h5ad=own_path,
    message:
        "Solving with s = {params.min_correlation}, q = {params.max_weight_ratio}"
    script:
        "../scripts/own/weigh.py"


rule own_split:
    input:
        h5ad=own_input,
        plan=f"{OWN}/{{data}}/plan.json",
    output:
        directory(f"{OWN}/{{data}}/groups/{{scatteritem}}"),
    log:
        **logs("own/{data}/groups/{scatteritem}"),
    wildcard_constraints:
        data=OWN_LARGE,
    retries: 1
    resources:
        mem_mb=scaled(2500, per_input=0),
    params:
        **OWN_VALUES,
        batch=OWN_CONFIG["batch"],
        h5ad=own_path,
        rows_per_chunk=OWN_CONFIG["rows_per_chunk"],
        seed=config["seed"],
    message:
        "Moments of blocks and batches of {wildcards.scatteritem}, {params.rows_per_chunk} rows at a time"
    script:
        "../scripts/own/split.py"


rule own_merged:
    input:
        groups=gather.own(f"{OWN}/{{{{data}}}}/groups/{{scatteritem}}"),
        plan=f"{OWN}/{{data}}/plan.json",
    output:
        **OWN_TABLES,
        summary=f"{OWN}/{{data}}/summary.txt",
        fit=f"{OWN}/{{data}}/fit.json",
        moments=f"{OWN}/{{data}}/moments.npz",
    log:
        **logs("own/{data}/merged"),
    wildcard_constraints:
        data=OWN_LARGE,
    resources:
        mem_mb=scaled(1500, per_input=10),
    params:
        **OWN_ASKED,
        h5ad=own_path,
        path=OWN_CONFIG["path"],
        shuffles=OWN_CONFIG["shuffles"],
        bootstraps=OWN_CONFIG["bootstraps"],
        seed=config["seed"],
    message:
        "Weighting {params.features} with s = {params.min_correlation}, q = {params.max_weight_ratio}"
    script:
        "../scripts/own/merged.py"


rule own_weighted:
    input:
        file=own_input,
        weights=f"{OWN}/{{data}}/weights.tsv",
    output:
        schema=f"{OWN}/{{data}}/schema.h5ad",
        genes=f"{OWN}/{{data}}/genes.tsv",
    log:
        **logs("own/{data}/weighted"),
    wildcard_constraints:
        data=OWN_LARGE,
    resources:
        mem_mb=scaled(2500, per_input=0),
    params:
        file=own_path,
        features=OWN_CONFIG["use_rep"],
        rows_per_chunk=OWN_CONFIG["rows_per_chunk"],
    message:
        "Writing the weighted cells of {params.file}"
    script:
        "../scripts/own/weighted.py"


rule own_sample:
    input:
        file=own_input,
        plan=f"{OWN}/{{data}}/plan.json",
    output:
        cells=f"{OWN}/{{data}}/cells.h5ad",
    log:
        **logs("own/{data}/sample"),
    wildcard_constraints:
        data=OWN_LARGE,
    resources:
        mem_mb=scaled(2500, per_input=0),
    params:
        features=OWN_CONFIG["use_rep"],
        named=[{key: one[key] for key in ("name", "values", "kind")} for one in OWN_MODALITIES],
        labels=OWN_CONFIG["labels"],
        batch=OWN_CONFIG["batch"],
        file=own_path,
        most=OWN_CONFIG["compared"],
        seed=config["seed"],
    message:
        "Drawing {params.most} cells of {params.file}, to compare methods on"
    script:
        "../scripts/own/sample.py"
