"""Gene sets for tests of enrichment, shared by the parts: gene_sets/{go,reactome}.gmt under results/<run>/.

Requires: a release of the Gene Ontology (go-basic.obo, mgi.gaf.gz) or a GMT copy of it, and Reactome's sets of mouse
genes. Nothing here runs unless a part asks for the sets.
"""

GENE_SETS = f"{RESULTS}/gene_sets"
ONTOLOGY_FILES = {
    "terms": source("gene_ontology", "go-basic.obo"),
    "annotations": source("gene_ontology", "mgi.gaf.gz"),
}
REACTOME_RELEASE = source("reactome", "m2.cp.reactome.v2024.1.Mm.symbols.gmt")
# Simulated data have the form of the releases.
GENE_SETS_FROM = {name: "release" if SIMULATED else config["gene_sets"][name] for name in ("go", "reactome")}
GENE_SET_LIMITS = {key: config["gene_sets"][key] for key in ("min_size", "max_size", "named")}  # of every test, too
GMT_FILES = {}
if GENE_SETS_FROM["go"] == "copy":
    GMT_FILES["go"] = source("gene_sets", "mouse_GO_2020-08.gmt")
GMT_FILES["reactome"] = (
    source("gene_sets", "mouse_Reactome_2024.gmt") if GENE_SETS_FROM["reactome"] == "copy" else REACTOME_RELEASE
)
LIBRARY_SCOPES = {"go": standing(*ONTOLOGY_FILES.values())} | {name: standing(file) for name, file in GMT_FILES.items()}


if SIMULATED:

    rule gene_sets_simulate:
        output:
            **ONTOLOGY_FILES,
            reactome=REACTOME_RELEASE,
        log:
            **logs("gene_sets/simulate"),
        params:
            genes=config["simulate"]["gene_sets"]["genes"],
            seed=config["seed"],
        message:
            "Simulating gene sets over {params.genes} genes, seed {params.seed}"
        script:
            "../scripts/gene_sets/simulate.py"


if GENE_SETS_FROM["go"] == "release":

    rule gene_sets_ontology:
        input:
            **ONTOLOGY_FILES,
            receipts=receipts(*ONTOLOGY_FILES.values()),
        output:
            f"{GENE_SETS}/go.gmt",
        log:
            **logs("gene_sets/go"),
        conda:
            "../envs/single_cell.yaml"
        params:
            **GENE_SET_LIMITS,
        message:
            "Gene sets of {input.terms}: {params.min_size} to {params.max_size} genes, ancestors included"
        script:
            "../scripts/gene_sets/ontology.py"


rule gene_sets_gmt:
    input:
        sets=lambda wildcards: GMT_FILES[wildcards.collection],
        receipts=lambda wildcards: receipts(GMT_FILES[wildcards.collection]),
    output:
        f"{GENE_SETS}/{{collection}}.gmt",
    log:
        **logs("gene_sets/{collection}"),
    wildcard_constraints:
        collection="|".join(GMT_FILES),
    params:
        **GENE_SET_LIMITS,
    message:
        "Gene sets of {input.sets}: {params.min_size} to {params.max_size} genes"
    script:
        "../scripts/gene_sets/from_gmt.py"
