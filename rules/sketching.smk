"""Sketches (the paper's section on scaling, Text S5): do pairs from a sketch serve Schema better than pairs of any cells?

Requires: nothing; the cells are simulated in every run, since a planted rare type is what the question is about. Makes:
figures/sketching.{svg,png,tsv} and claims/sketching.tsv under results/<run>/; tables under results/<run>/sketching/.
"""

SKETCHING = f"{RESULTS}/sketching"
SKETCH_DESIGN = {
    "sketches": config["sketching"]["sketches"],
    "sizes": config["sketching"]["sizes"],
    "n_pairs": config["sketching"]["pairs"],
    "seeds": config["sketching"]["seeds"],
}

if max(config["sketching"]["sizes"]) > config["simulate"]["sketching"]["cells"]:
    raise WorkflowError(
        f"sketching.sizes: {max(config['sketching']['sizes'])} is more than the "
        f"{config['simulate']['sketching']['cells']} cells of simulate.sketching; lower it"
    )


simulate(
    "sketching",
    params={"settings": config["simulate"]["sketching"]},
    always=True,
    cells=f"{SKETCHING}/cells.parquet",
    truth=f"{SKETCHING}/truth.json",
)


rule sketching_measure:
    input:
        cells=f"{SKETCHING}/cells.parquet",
        truth=f"{SKETCHING}/truth.json",
    output:
        **tables(SKETCHING, "errors", "bounds", "weights", "scope"),
    log:
        **logs("sketching/measure"),
    params:
        design=SKETCH_DESIGN,
        schema={key: config["sketching"][key] for key in ("min_correlation", "max_weight_ratio")},
        confidence=config["sketching"]["confidence"],
        seed=config["seed"],
    message:
        "Pairs of {params.design[sketches]}, sizes {params.design[sizes]}, numbers of pairs {params.design[n_pairs]}"
    script:
        "../scripts/sketching/measure.py"


add_figures(
    "sketching",
    "Text S5: pairs from sketches",
    {"sketching": "errors and rare cells"},
    simulated=True,
    settings=config["sketching"],
    cells=config["simulate"]["sketching"]["cells"],
)

draw("sketching", "sketching", **tables(SKETCHING, "errors", "bounds", "weights"))

claim(
    "sketching",
    params={"size": config["sketching"]["sizes"][0]},
    scope=[f"{SKETCHING}/scope.tsv"],
    **tables(SKETCHING, "errors", "bounds", "weights"),
)

planted(
    "sketching",
    truth=f"{SKETCHING}/truth.json",
    **tables(SKETCHING, "errors", "weights"),
)
