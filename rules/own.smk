"""Schema on one's own cells: ask for own. Not part of the default target.

Requires: own.file in the config; where it is null, one is simulated, and removed once it has been read.
Makes: under results/<run>/own/mine/ (or generated_<rows>/) weights.tsv. Of a file that fits into memory also path.tsv,
correlations.tsv, control.tsv, stability.tsv, summary.txt, schema.h5ad (which scanpy reads), figure.{svg,png,tsv},
index.html and, where labels are named, comparison.tsv. Of a larger .h5ad, whose rows are dealt out to jobs, fit.json,
path.tsv and the summed moments.npz.
"""


include: "own_common.smk"


OWN_BY_JOBS = rf"growth_\d+|{OWN_DATA}" if OWN_DEALT else r"growth_\d+"


scattergather:
    own=OWN_JOBS,


rule own:
    """Weights by feature, how good they are, and what else the cells are asked."""
    input:
        [f"{OWN}/{OWN_DATA}/{name}" for name in ("weights.tsv", "fit.json", "path.tsv") if OWN_DEALT],
        [f"{OWN}/{OWN_DATA}/{name}" for name in ("index.html", "schema.h5ad") if not OWN_DEALT],
    localrule: True


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
    message:
        "Checking {params.h5ad}: {params.features} and {params.modalities}"
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
        data=OWN_BY_JOBS,
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
        data=OWN_BY_JOBS,
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
        path=f"{OWN}/{{data}}/path.tsv",
    log:
        **logs("own/{data}/solve"),
    wildcard_constraints:
        data=OWN_BY_JOBS,
    params:
        **OWN_ASKED,
        h5ad=own_path,
        path=OWN_CONFIG["path"],
    message:
        "Solving with s = {params.min_correlation}, q = {params.max_weight_ratio}"
    script:
        "../scripts/own/weigh.py"


rule own_cells:
    input:
        file=own_input,
    output:
        cells=f"{OWN}/{{data}}/cells.h5ad",
    log:
        **logs("own/{data}/cells"),
    wildcard_constraints:
        data=OWN_DATA,
    resources:
        mem_mb=scaled(1500, per_input=30),
    params:
        **OWN_VALUES,
        **OWN_WHOLE,
        named=[{key: one[key] for key in ("name", "values", "kind", "representation")} for one in OWN_MODALITIES],
        file=own_path,
    message:
        "Reading {params.features} and {params.modalities} of {params.file}"
    script:
        "../scripts/own/cells.py"


rule own_fit:
    input:
        cells=f"{OWN}/{{data}}/cells.h5ad",
    output:
        **tables(f"{OWN}/{{data}}", "weights", "path", "correlations", "control", "stability"),
        summary=f"{OWN}/{{data}}/summary.txt",
        schema=f"{OWN}/{{data}}/schema.h5ad",
    log:
        **logs("own/{data}/fit"),
    wildcard_constraints:
        data=OWN_DATA if not OWN_DEALT else "none",
    params:
        **OWN_ASKED,
        file=own_path,
        path=OWN_CONFIG["path"],
        shuffles=OWN_CONFIG["shuffles"],
        bootstraps=OWN_CONFIG["bootstraps"],
        seed=config["seed"],
    message:
        "Weighting {params.features} with s = {params.min_correlation}, q = {params.max_weight_ratio}"
    script:
        "../scripts/own/fit.py"


for environment, methods in OWN_PLACED.items():
    if not methods:
        continue

    rule:
        name:
            f"own_place_{environment}"
        input:
            cells=f"{OWN}/{{data}}/cells.h5ad",
        output:
            [f"{OWN}/{{data}}/places/{name}.{kind}" for name in methods for kind in ("npz", "json")],
        log:
            **logs(f"own/{{data}}/place_{environment}"),
        conda:
            f"../envs/{environment}.yaml"
        resources:
            mem_mb=scaled(2000, per_input=20),
        params:
            code(f"own/{'mofa' if environment == 'multiview' else 'methods'}.py"),
            module="mofa" if environment == "multiview" else "methods",
            methods=methods,
            settings={key: OWN_ASKED[key] for key in ("modalities", "min_correlation", "max_weight_ratio")},
            factors=OWN_CONFIG["factors"],
            seed=config["seed"],
        message:
            "Placing cells by {params.methods}"
        script:
            "../scripts/own/place.py"


rule own_compare:
    input:
        cells=f"{OWN}/{{data}}/cells.h5ad",
        places=[f"{OWN}/{{data}}/places/{name}.npz" for name in OWN_METHODS],
        statuses=[f"{OWN}/{{data}}/places/{name}.json" for name in OWN_METHODS],
    output:
        f"{OWN}/{{data}}/comparison.tsv",
    log:
        **logs("own/{data}/compare"),
    conda:
        "../envs/single_cell.yaml"
    params:
        methods=OWN_METHODS,
        neighbours=OWN_CONFIG["neighbours"],
        resolution=OWN_CONFIG["resolution"],
        seeds=list(range(OWN_CONFIG["leiden_seeds"])),
    message:
        "Holding the clusters of {params.methods} against the labels"
    script:
        "../scripts/own/compare.py"


rule own_page:
    input:
        **tables(f"{OWN}/{{data}}", "weights", "path", "correlations", "control", "stability"),
        summary=f"{OWN}/{{data}}/summary.txt",
        comparison=[f"{OWN}/{{data}}/comparison.tsv"] if OWN_METHODS else [],
    output:
        **{suffix: f"{OWN}/{{data}}/figure.{suffix}" for suffix in FIGURE_FILES},
        page=f"{OWN}/{{data}}/index.html",
    log:
        **logs("own/{data}/page"),
    params:
        file=own_path,
        features=OWN_CONFIG["use_rep"],
        s=OWN_CONFIG["min_correlation"],
        simulated=not OWN_FILE,
    message:
        "Drawing the figure, and writing the page, of {params.file}"
    script:
        "../scripts/own/page.py"
