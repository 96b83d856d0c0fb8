"""sci-CAR: time and memory of reading a sample of the published size. Not part of the default target: sci_car_scale."""


rule sci_car_scale_files:
    output:
        **{name: temp(f"{SCI_CAR}/scale/{Path(file).name}") for name, file in SCI_CAR_FILES.items()},
    log:
        **logs("sci_car/scale_files"),
    conda:
        "../envs/core.yaml"
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
    output:
        f"{SCI_CAR}/scale.tsv",
    log:
        **logs("sci_car/scale"),
    conda:
        "../envs/single_cell.yaml"
    resources:
        mem_mb=scaled(2000),
    params:
        **config["sci_car"]["filter"],
    message:
        "Reading {input.rna_counts} and {input.atac_counts} in a fresh process"
    script:
        "../scripts/sci_car/scale.py"
