"""sci-CAR: time and memory of reading a sample of the published size. Not part of the default target: sci_car_scale."""


rule sci_car_scale_files:
    input:
        code=code("sci_car/scale_files.py"),
    output:
        **{name: temp(f"{SCI_CAR}/scale/{Path(file).name}") for name, file in SCI_CAR_FILES.items()},
    log:
        f"{RESULTS}/logs/sci_car/scale_files.log",
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(3000),
    params:
        sizes={
            "genes": 49_584,
            "coding": 21_973,
            "rna_cells": 13_893,
            "rna_draws": 1_000,
            "peaks": 252_741,
            "atac_cells": 13_395,
            "atac_draws": 710,
            "joint": 11_296,
        },
        seed=config["seed"],
    message:
        "Random counts of the published sample's size: {params.sizes}"
    script:
        "../scripts/sci_car/scale_files.py"


rule sci_car_scale:
    """Time and memory of reading a sample of the published size; ask for it, on a machine with nothing else to do."""
    input:
        **{name: f"{SCI_CAR}/scale/{Path(file).name}" for name, file in SCI_CAR_FILES.items()},
        code=code("sci_car/scale.py"),
    output:
        f"{SCI_CAR}/scale.tsv",
    log:
        f"{RESULTS}/logs/sci_car/scale.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/scale.tsv"
    conda:
        "../envs/single_cell.yaml"
    threads: 1
    resources:
        mem_mb=scaled(2000),
    params:
        **config["sci_car"]["filter"],
    message:
        "Reading {input.rna_counts} and {input.atac_counts} in a fresh process"
    script:
        "../scripts/sci_car/scale.py"
