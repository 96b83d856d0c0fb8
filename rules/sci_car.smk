"""sci-CAR (Fig 2): cell types from RNA and open chromatin of the same cells.

Requires: the six files of mouse kidney of sci_car (GEO GSE117089).
Makes: sci_car/cells.h5mu (raw counts of the cells in both tables) and sci_car/summary.tsv under results/<run>/.
"""

SCI_CAR = f"{RESULTS}/sci_car"
SCI_CAR_FILES = {
    "rna_cells": source("sci_car", "GSM3271044_RNA_mouse_kidney_cell.txt.gz"),
    "genes": source("sci_car", "GSM3271044_RNA_mouse_kidney_gene.txt.gz"),
    "rna_counts": source("sci_car", "GSM3271044_RNA_mouse_kidney_gene_count.txt.gz"),
    "atac_cells": source("sci_car", "GSM3271045_ATAC_mouse_kidney_cell.txt.gz"),
    "peaks": source("sci_car", "GSM3271045_ATAC_mouse_kidney_peak.txt.gz"),
    "atac_counts": source("sci_car", "GSM3271045_ATAC_mouse_kidney_peak_count.txt.gz"),
}


FIGURES["sci_car"] = []
FIGURE_CAPTIONS["sci_car"] = []


if SIMULATED:

    rule sci_car_simulate:
        input:
            code=code("sources/simulate_sci_car.py"),
        output:
            **SCI_CAR_FILES,
        log:
            f"{RESULTS}/logs/sci_car/simulate.log",
        benchmark:
            f"{RESULTS}/benchmarks/sci_car/simulate.tsv"
        conda:
            "../envs/core.yaml"
        threads: 1
        resources:
            mem_mb=scaled(500),
        params:
            seed=config["seed"],
            cells=config["simulate"]["sci_car"]["cells"],
        message:
            "Simulating RNA and ATAC counts of {params.cells} cells, seed {params.seed}"
        script:
            "../scripts/sources/simulate_sci_car.py"


rule sci_car_preprocess:
    input:
        **SCI_CAR_FILES,
        receipts=receipts(*SCI_CAR_FILES.values()),
        code=code("sci_car/preprocess.py"),
    output:
        cells=f"{SCI_CAR}/cells.h5mu",
        summary=f"{SCI_CAR}/summary.tsv",
    log:
        f"{RESULTS}/logs/sci_car/preprocess.log",
    benchmark:
        f"{RESULTS}/benchmarks/sci_car/preprocess.tsv"
    conda:
        "../envs/single_cell.yaml"
    threads: 1
    resources:
        mem_mb=scaled(700, per_input=30),
    params:
        **config["sci_car"]["filter"],
    message:
        "Joining RNA and ATAC counts: {params.gene_types} genes, peaks without {params.artefacts}, seen in {params.min_cells}"
    script:
        "../scripts/sci_car/preprocess.py"
