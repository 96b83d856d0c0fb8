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
    datasets=[name for name, _ in SCI_CAR_COMPARED.values()],
)

draw(
    "sci_car",
    "figure2",
    environment="single_cell",
    reduced=f"{SCI_CAR}/reduced.h5ad",
    **tables(SCI_CAR, "places", "maps", "pairs", "scores", statuses="methods"),
)

draw(
    "sci_car",
    "figureS3",
    environment="single_cell",
    **tables(SCI_CAR, "places", "maps", "scores", statuses="methods"),
)

draw("sci_car", "figure2_methods", **tables(SCI_CAR, "scores", "costs", statuses="methods"))

draw("sci_car", "figure2_sensitivity", **tables(SCI_CAR, gains="sensitivity"))

claim(
    "sci_car",
    params={
        "top": config["sci_car"]["genes"]["top"],
        "epochs": config["sci_car"]["deep"]["epochs"],
    },
    scope=[f"{SCI_CAR}/scope.tsv"],
    **tables(SCI_CAR, "summary", "scores", "pairs", "gain", "weights", "correlations", "genes", "terms"),
    **tables(SCI_CAR, sets="gene_set_tests", firsts="first_genes", statuses="methods", gains="sensitivity"),
)

planted(
    "sci_car",
    truth=source("sci_car", "truth.json"),
    **tables(SCI_CAR, "summary", "scores", "genes", "expressed", "terms"),
)
