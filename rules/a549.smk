"""A549 (availability of data): do accessible peaks near a gene explain its expression; do variable genes share domains?

Requires: sci-CAR of A549 (GEO GSE117089), starts of transcription, and topologically associating domains (a549 in
config/datasets.yaml). Makes: figures/figure_a549.{svg,png,tsv} and claims/a549.tsv under results/<run>/; genes.h5ad and
tables under results/<run>/a549/.
"""

A549 = f"{RESULTS}/a549"
A549_FILES = {
    "rna_cells": source("a549", "GSM3271040_RNA_sciCAR_A549_cell.txt.gz"),
    "genes": source("a549", "GSM3271040_RNA_sciCAR_A549_gene.txt.gz"),
    "rna_counts": source("a549", "GSM3271040_RNA_sciCAR_A549_gene_count.txt.gz"),
    "atac_cells": source("a549", "GSM3271041_ATAC_sciCAR_A549_cell.txt.gz"),
    "peaks": source("a549", "GSM3271041_ATAC_sciCAR_A549_peak.txt.gz"),
    "atac_counts": source("a549", "GSM3271041_ATAC_sciCAR_A549_peak_count.txt.gz"),
    "tss": source("a549", f"GREATv4.genes.{config['a549']['builds']['peaks']}.tsv.gz"),
    "tads": source("a549", config["a549"]["tads"]),
}
A549_OTHERS = {"tss_of_tads": source("a549", f"GREATv4.genes.{config['a549']['builds']['tads']}.tsv.gz")}
if config["a549"]["library_sizes"]:
    A549_OTHERS["library_sizes"] = source("a549", config["a549"]["library_sizes"])

for key, value in config["a549"]["shown"].items():
    if value not in config["a549"][f"{key}s"]:
        raise WorkflowError(f"a549.shown.{key}: {value} is not among a549.{key}s; add it there")
for side, edges in config["a549"]["windows"].items():
    if sorted(edges) != edges:
        raise WorkflowError(f"a549.windows.{side}: {edges} do not rise; write the nearest edge first")


simulate("a549", params={"sizes": config["simulate"]["a549"]}, **A549_FILES, truth=source("a549", "truth.json"))


rule a549_preprocess:
    input:
        **A549_FILES,
        **A549_OTHERS,
        receipts=receipts(*dict.fromkeys([*A549_FILES.values(), *A549_OTHERS.values()])),
    output:
        **tables(A549, "places", "summary", table="genes"),
        genes=f"{A549}/genes.h5ad",
        scope=f"{A549}/scope.tsv",
    log:
        **logs("a549/preprocess"),
    conda:
        "../envs/single_cell.yaml"
    resources:
        mem_mb=scaled(1000, per_input=40),
    params:
        settings=config["a549"],
        published=published("a549", **A549_FILES, **A549_OTHERS),
    message:
        "Summing peaks near each gene by kernels of distance, builds {params.settings[builds]}"
    script:
        "../scripts/a549/preprocess.py"


rule a549_weights:
    input:
        genes=f"{A549}/genes.h5ad",
        places=f"{A549}/places.tsv",
    output:
        **tables(A549, "weights", "correlations", "tads"),
    log:
        **logs("a549/weights"),
    resources:
        # the expression of each gene over all cells is held dense, some four times
        mem_mb=scaled(4000, per_input=40),
        runtime=minutes(120),
    params:
        settings=config["a549"],
        seed=config["seed"],
    message:
        "Weighting kernels of distance, s {params.settings[min_correlations]}; domains against "
        "{params.settings[random_sets]} random sets"
    script:
        "../scripts/a549/weights.py"


add_figures("a549", "Text: peaks near genes of A549", {"figure_a549": "A549"}, settings=config["a549"])

draw(
    "a549", "figure_a549", params={"shown": config["a549"]["shown"]}, **tables(A549, "weights", "correlations", "tads")
)

claim(
    "a549",
    params={"shown": config["a549"]["shown"]},
    scope=[f"{A549}/scope.tsv"],
    **tables(A549, "correlations", "tads"),
)

planted(
    "a549",
    params={"shown": config["a549"]["shown"]},
    truth=source("a549", "truth.json"),
    **tables(A549, "genes", "places", "weights", "correlations", "tads"),
)
