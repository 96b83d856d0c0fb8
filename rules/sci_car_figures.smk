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
    resources:
        mem_mb=scaled(300),
    message:
        "Collecting time and memory of every method"
    script:
        "../scripts/sci_car/costs.py"


rule sci_car_claims:
    input:
        summary=f"{SCI_CAR}/summary.tsv",
        scores=f"{SCI_CAR}/scores.tsv",
        gain=f"{SCI_CAR}/gain.tsv",
        genes=f"{SCI_CAR}/genes.tsv",
        sets=f"{SCI_CAR}/gene_set_tests.tsv",
        terms=f"{SCI_CAR}/terms.tsv",
        statuses=f"{SCI_CAR}/methods.tsv",
        gains=f"{SCI_CAR}/sensitivity.tsv",
    output:
        f"{RESULTS}/claims/sci_car.tsv",
    log:
        **logs("claims/sci_car"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(500),
    params:
        top=config["sci_car"]["genes"]["top"],
        epochs=config["sci_car"]["deep"]["epochs"],
        simulated=SIMULATED,
    message:
        "Our values for the paper's numbers of Figure 2"
    script:
        "../scripts/sci_car/claims.py"


rule sci_car_figure2:
    input:
        places=f"{SCI_CAR}/places.tsv",
        reduced=f"{SCI_CAR}/reduced.h5ad",
        maps=f"{SCI_CAR}/maps.tsv",
        pairs=f"{SCI_CAR}/pairs.tsv",
        scores=f"{SCI_CAR}/scores.tsv",
        statuses=f"{SCI_CAR}/methods.tsv",
    output:
        **figure_files("figure2"),
    log:
        **logs("figures/figure2"),
    conda:
        "../envs/single_cell.yaml"
    resources:
        mem_mb=scaled(1000, per_input=5),
    params:
        simulated=SIMULATED,
    message:
        "Drawing Figure 2"
    script:
        "../scripts/sci_car/figures/figure2.py"


rule sci_car_figure_s3:
    input:
        places=f"{SCI_CAR}/places.tsv",
        maps=f"{SCI_CAR}/maps.tsv",
        scores=f"{SCI_CAR}/scores.tsv",
        statuses=f"{SCI_CAR}/methods.tsv",
    output:
        **figure_files("figureS3"),
    log:
        **logs("figures/figureS3"),
    conda:
        "../envs/single_cell.yaml"
    resources:
        mem_mb=scaled(1000, per_input=5),
    params:
        simulated=SIMULATED,
    message:
        "Drawing Figure S3"
    script:
        "../scripts/sci_car/figures/figureS3.py"


rule sci_car_figure_methods:
    input:
        scores=f"{SCI_CAR}/scores.tsv",
        statuses=f"{SCI_CAR}/methods.tsv",
        costs=f"{SCI_CAR}/costs.tsv",
    output:
        **figure_files("figure2_methods"),
    log:
        **logs("figures/figure2_methods"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(500),
    params:
        simulated=SIMULATED,
    message:
        "Drawing every method's agreement with the labels, time and memory"
    script:
        "../scripts/sci_car/figures/figure2_methods.py"


rule sci_car_figure_sensitivity:
    input:
        gains=f"{SCI_CAR}/sensitivity.tsv",
    output:
        **figure_files("figure2_sensitivity"),
    log:
        **logs("figures/figure2_sensitivity"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(500),
    params:
        simulated=SIMULATED,
    message:
        "Drawing the gain over RNA alone under every setting"
    script:
        "../scripts/sci_car/figures/figure2_sensitivity.py"
