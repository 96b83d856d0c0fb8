"""Schema on one's own cells: ask for own. Not part of the default target.

Requires: own.file in the config; where it is null, one is simulated, and removed once it has been read.
Makes: under results/<run>/own/mine/ (or generated_<rows>/) weights.tsv, path.tsv, correlations.tsv, control.tsv,
stability.tsv, genes.tsv, summary.txt, schema.h5ad (which scanpy reads), figure.{svg,png,tsv}, index.html and, where
labels are named, comparison.tsv. Rows of a large file are dealt out to jobs; it also has fit.json and moments.npz.
"""


include: "own_common.smk"
include: "own_large.smk"


rule own:
    """Weights by feature, how good they are, and what else the cells are asked."""
    input:
        [f"{OWN}/{OWN_DATA}/{name}" for name in ("index.html", "schema.h5ad")],
    localrule: True


rule own_cells:
    input:
        file=own_input,
    output:
        cells=f"{OWN}/{{data}}/cells.h5ad",
    log:
        **logs("own/{data}/cells"),
    wildcard_constraints:
        data=OWN_SMALL,
    resources:
        mem_mb=scaled(1500, per_input=30),
    params:
        **OWN_VALUES,
        **OWN_WHOLE,
        named=[{key: one[key] for key in ("name", "values", "kind", "representation")} for one in OWN_MODALITIES],
        file=own_path,
        tables=", ".join(one["values"] for one in OWN_MODALITIES),
    message:
        "Reading {params.features} and {params.tables} of {params.file}"
    script:
        "../scripts/own/cells.py"


rule own_fit:
    input:
        cells=f"{OWN}/{{data}}/cells.h5ad",
    output:
        **OWN_TABLES,
        summary=f"{OWN}/{{data}}/summary.txt",
        genes=f"{OWN}/{{data}}/genes.tsv",
        schema=f"{OWN}/{{data}}/schema.h5ad",
    log:
        **logs("own/{data}/fit"),
    wildcard_constraints:
        data=OWN_SMALL,
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


rule own_counts:
    input:
        cells=f"{OWN}/{{data}}/cells.h5ad",
    output:
        f"{OWN}/{{data}}/counts.h5ad",
    log:
        **logs("own/{data}/counts"),
    resources:
        mem_mb=scaled(2500, per_input=30),
    params:
        file=own_path,
        features=OWN_CONFIG["use_rep"],
        modalities=[one["values"] for one in OWN_MODALITIES],
        counts=OWN_CONFIG["counts"] or {},
        methods=OWN_PLACED["deep"],
    message:
        "Whole counts of {params.file} for {params.methods}"
    script:
        "../scripts/own/counts.py"


for placing, methods in OWN_PLACED.items():
    if not methods:
        continue

    rule:
        name:
            f"own_place_{placing}"
        input:
            cells=f"{OWN}/{{data}}/cells.h5ad",
            counts=[f"{OWN}/{{data}}/counts.h5ad"] if placing == "deep" else [],
        output:
            [f"{OWN}/{{data}}/places/{name}.{kind}" for name in methods for kind in ("npz", "json")],
        log:
            **logs(f"own/{{data}}/place_{placing}"),
        conda:
            f"../envs/{OWN_SCRIPTS[placing]}.yaml"
        resources:
            mem_mb=scaled(4000 if placing == "deep" else 2000, per_input=20),
            runtime=minutes(480 if placing == "deep" else 60),
        params:
            code(f"own/{placing}.py"),
            module=placing,
            methods=methods,
            settings={
                **{key: OWN_ASKED[key] for key in ("modalities", "min_correlation", "max_weight_ratio")},
                **({key: OWN_CONFIG[key] for key in ("epochs", "patience")} if placing == "deep" else {}),
            },
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
        **OWN_TABLES,
        genes=f"{OWN}/{{data}}/genes.tsv",
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
