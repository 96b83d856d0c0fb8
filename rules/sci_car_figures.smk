"""sci-CAR (Fig 2): from the tables of rules/sci_car.smk to figures, captions and claims."""


rule sci_car_place:
    input:
        reduced=f"{SCI_CAR}/reduced.h5ad",
    output:
        f"{SCI_CAR}/places.tsv",
    log:
        **logs("sci_car/place"),
    conda:
        "../envs/single_cell.yaml"
    resources:
        mem_mb=scaled(1000, per_input=10),
    params:
        seed=config["seed"],
    message:
        "Placing cells on the map: published coordinates, or t-SNE with seed {params.seed}"
    script:
        "../scripts/sci_car/place.py"


rule sci_car_costs:
    input:
        [f"{RESULTS}/usage/sci_car/embeddings/{name}_{seed}.json" for name, seed in SCI_CAR_RUNS],
    output:
        f"{SCI_CAR}/costs.tsv",
    log:
        **logs("sci_car/costs"),
    conda:
        "../envs/single_cell.yaml"
    message:
        "Collecting time and memory of every method"
    script:
        "../scripts/sci_car/costs.py"


add_figures(
    "sci_car",
    "Figure 2: cell types",
    {
        "figure2": "2a to 2f",
        "figure2_methods": "2f, all methods",
        "figure2_sensitivity": "2, all settings",
        "figureS3": "S3",
    },
    settings=config["sci_car"],
)

draw(
    "sci_car",
    "figure2",
    environment="single_cell",
    places=f"{SCI_CAR}/places.tsv",
    reduced=f"{SCI_CAR}/reduced.h5ad",
    maps=f"{SCI_CAR}/maps.tsv",
    pairs=f"{SCI_CAR}/pairs.tsv",
    scores=f"{SCI_CAR}/scores.tsv",
    statuses=f"{SCI_CAR}/methods.tsv",
)

draw(
    "sci_car",
    "figureS3",
    places=f"{SCI_CAR}/places.tsv",
    maps=f"{SCI_CAR}/maps.tsv",
    scores=f"{SCI_CAR}/scores.tsv",
    statuses=f"{SCI_CAR}/methods.tsv",
)

draw(
    "sci_car",
    "figure2_methods",
    scores=f"{SCI_CAR}/scores.tsv",
    statuses=f"{SCI_CAR}/methods.tsv",
    costs=f"{SCI_CAR}/costs.tsv",
)

draw("sci_car", "figure2_sensitivity", gains=f"{SCI_CAR}/sensitivity.tsv")

claim(
    "sci_car",
    params={
        "top": config["sci_car"]["genes"]["top"],
        "epochs": config["sci_car"]["deep"]["epochs"],
        "simulated": SIMULATED,
    },
    summary=f"{SCI_CAR}/summary.tsv",
    scores=f"{SCI_CAR}/scores.tsv",
    gain=f"{SCI_CAR}/gain.tsv",
    genes=f"{SCI_CAR}/genes.tsv",
    sets=f"{SCI_CAR}/gene_set_tests.tsv",
    terms=f"{SCI_CAR}/terms.tsv",
    statuses=f"{SCI_CAR}/methods.tsv",
    gains=f"{SCI_CAR}/sensitivity.tsv",
)
