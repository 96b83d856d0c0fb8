"""sci-CAR (Fig 2): from the tables of rules/sci_car.smk to figures, captions and claims."""


rule sci_car_place:
    input:
        reduced=f"{SCI_CAR}/reduced.h5ad",
        code=code("sci_car/place.py"),
    output:
        f"{SCI_CAR}/places.tsv",
    log:
        f"{RESULTS}/logs/sci_car/place.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/place.tsv"
    conda:
        "../envs/single_cell.yaml"
    threads: 1
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
        SCI_CAR_EMBEDDINGS,
        code=code("sci_car/costs.py"),
    output:
        f"{SCI_CAR}/costs.tsv",
    log:
        f"{RESULTS}/logs/sci_car/costs.log",
    conda:
        "../envs/single_cell.yaml"
    threads: 1
    resources:
        mem_mb=scaled(300),
    params:
        benchmarks=[f"{RESULTS}/benchmarks/sci_car/embeddings/{name}_{seed}.tsv" for name, seed in SCI_CAR_RUNS],
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
        code=code("sci_car/claims.py"),
    output:
        f"{RESULTS}/claims/sci_car.tsv",
    log:
        f"{RESULTS}/logs/claims/sci_car.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/claims.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
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
        claims=BASE / "config/claims.yaml",
        code=code("sci_car/figure2.py"),
    output:
        **figure_files("figure2", "Figure 2: cell types", SCI_CAR_FIGURES["figure2"]),
    log:
        f"{RESULTS}/logs/figures/figure2.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/figure2.tsv"
    conda:
        "../envs/single_cell.yaml"
    threads: 1
    resources:
        mem_mb=scaled(1000, per_input=5),
    params:
        simulated=SIMULATED,
    message:
        "Drawing Figure 2"
    script:
        "../scripts/sci_car/figure2.py"


rule sci_car_figure_s3:
    input:
        places=f"{SCI_CAR}/places.tsv",
        maps=f"{SCI_CAR}/maps.tsv",
        scores=f"{SCI_CAR}/scores.tsv",
        statuses=f"{SCI_CAR}/methods.tsv",
        code=code("sci_car/figure_s3.py"),
    output:
        **figure_files("figureS3", "Figure 2: cell types", SCI_CAR_FIGURES["figureS3"]),
    log:
        f"{RESULTS}/logs/figures/figureS3.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/figureS3.tsv"
    conda:
        "../envs/single_cell.yaml"
    threads: 1
    resources:
        mem_mb=scaled(1000, per_input=5),
    params:
        simulated=SIMULATED,
    message:
        "Drawing Figure S3"
    script:
        "../scripts/sci_car/figure_s3.py"


rule sci_car_figure_methods:
    input:
        scores=f"{SCI_CAR}/scores.tsv",
        statuses=f"{SCI_CAR}/methods.tsv",
        costs=f"{SCI_CAR}/costs.tsv",
        claims=BASE / "config/claims.yaml",
        code=code("sci_car/figure_methods.py"),
    output:
        **figure_files("figure2_methods", "Figure 2: cell types", SCI_CAR_FIGURES["figure2_methods"]),
    log:
        f"{RESULTS}/logs/figures/figure2_methods.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/figure2_methods.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(500),
    params:
        simulated=SIMULATED,
    message:
        "Drawing every method's agreement with the labels, time and memory"
    script:
        "../scripts/sci_car/figure_methods.py"


rule sci_car_figure_sensitivity:
    input:
        gains=f"{SCI_CAR}/sensitivity.tsv",
        code=code("sci_car/figure_sensitivity.py"),
    output:
        **figure_files("figure2_sensitivity", "Figure 2: cell types", SCI_CAR_FIGURES["figure2_sensitivity"]),
    log:
        f"{RESULTS}/logs/figures/figure2_sensitivity.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/figure2_sensitivity.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(500),
    params:
        simulated=SIMULATED,
    message:
        "Drawing the gain over RNA alone under every setting"
    script:
        "../scripts/sci_car/figure_sensitivity.py"


rule sci_car_caption:
    input:
        template=lambda wildcards: BASE / f"scripts/sci_car/{wildcards.name}.rst",
        ledger=f"{RESULTS}/claims.tsv",
    output:
        f"{RESULTS}/captions/{{name}}.rst",
    log:
        f"{RESULTS}/logs/captions/{{name}}.log",
    wildcard_constraints:
        name="|".join(SCI_CAR_FIGURES),
    localrule: True
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(300),
    params:
        values={"simulated": SIMULATED, "settings": config["sci_car"]},
    message:
        "Filling the caption of {wildcards.name} from the ledger"
    script:
        "../scripts/report/caption.py"
