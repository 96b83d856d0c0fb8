"""T cell receptors (Fig 5): which CDR3 locations and residues matter for binding.

Requires: the four donors' binarized matrices of tcr_10x, and builds of VDJdb's motifs.
Makes: figures/figure5.{svg,png,tsv} and claims/tcr.tsv under results/<run>/; tables under results/<run>/tcr/.
"""

from tcr.builds import motif_file, motif_words

TCR = f"{RESULTS}/tcr"
DONOR_FILES = [f"vdj_v1_hs_aggregated_donor{donor}_binarized_matrix.csv" for donor in config["tcr"]["donors"]]
VDJDB = config["tcr"]["vdjdb"]
VDJDB_BUILDS = list(dict.fromkeys([VDJDB["build"], VDJDB["older"], *VDJDB["others"]]))
SOLVERS = ("grid", "exact")
CHAINS = ("TRA", "TRB")


simulate(
    "tcr",
    params={
        "cells_per_donor": config["simulate"]["tcr"]["cells_per_donor"],
        "motif_files": [motif_file(build) for build in VDJDB_BUILDS],
    },
    donors=[source("tcr_10x", name) for name in DONOR_FILES],
    motifs=[source("vdjdb", motif_file(build)) for build in VDJDB_BUILDS],
)


rule tcr_preprocess:
    input:
        donors=[source("tcr_10x", name) for name in DONOR_FILES],
        receipts=receipts(*(source("tcr_10x", name) for name in DONOR_FILES)),
    output:
        cells=f"{TCR}/cells.parquet",
        chains=f"{TCR}/chains.parquet",
        summary=f"{TCR}/summary.tsv",
        scope=f"{TCR}/scope.tsv",
    log:
        **logs("tcr/preprocess"),
    resources:
        mem_mb=scaled(500, per_input=5),
    params:
        **config["tcr"]["filter"],
        published=published("tcr_10x", **{name: name for name in DONOR_FILES}),
    message:
        "Reading {input.donors}: cells below the {params.quantile} quantile of {params.markers}"
    script:
        "../scripts/tcr/preprocess.py"


rule tcr_vdjdb:
    input:
        motifs=lambda wildcards: source("vdjdb", motif_file(wildcards.build)),
        receipt=lambda wildcards: receipts(source("vdjdb", motif_file(wildcards.build))),
    output:
        locations=f"{TCR}/vdjdb/{{build}}/locations.tsv",
        residues=f"{TCR}/vdjdb/{{build}}/residues.tsv",
        lengths=f"{TCR}/vdjdb/{{build}}/lengths.tsv",
        scope=f"{TCR}/vdjdb/{{build}}/scope.tsv",
    log:
        **logs("tcr/vdjdb/{build}"),
    params:
        build="{build}",
        published=lambda wildcards: published("vdjdb", motifs=motif_file(wildcards.build)),
        segments=config["tcr"]["residues"]["segments"],
        absent=config["tcr"]["residues"]["absent"],
    message:
        "Scoring locations and residues of VDJdb's motifs, {wildcards.build}"
    script:
        "../scripts/tcr/vdjdb.py"


rule tcr_location_moments:
    input:
        cells=f"{TCR}/cells.parquet",
        chains=f"{TCR}/chains.parquet",
    output:
        directory(f"{TCR}/moments/{{chain}}"),
    log:
        **logs("tcr/location_moments/{chain}"),
    resources:
        mem_mb=scaled(700, per_input=50),
    params:
        chain="{chain}",
        width=config["tcr"]["locations"]["width"],
        n_groups=config["tcr"]["stability"]["ligand_groups"],
        n_splits=config["tcr"]["stability"]["random_splits"],
        n_shuffles=config["tcr"]["shuffles"],
        seed=config["seed"],
    message:
        "Moments of {params.width} locations of {wildcards.chain}: donors, ligand groups, {params.n_shuffles} shuffles"
    script:
        "../scripts/tcr/location_moments.py"


rule tcr_locations:
    input:
        moments=f"{TCR}/moments/{{chain}}",
    output:
        f"{TCR}/locations/{{chain}}_{{solver}}.tsv",
    log:
        **logs("tcr/locations/{chain}_{solver}"),
    wildcard_constraints:
        solver="|".join(SOLVERS),
    params:
        chain="{chain}",
        solver="{solver}",
        min_correlations=config["tcr"]["locations"]["min_correlations"],
        max_weight_ratios=config["tcr"]["locations"]["max_weight_ratios"],
        marker_weight=config["tcr"]["locations"]["marker_weight"],
    message:
        "Weighting locations of {wildcards.chain}, solver {wildcards.solver}, q in {params.max_weight_ratios}"
    script:
        "../scripts/tcr/locations.py"


rule tcr_residues:
    input:
        chains=f"{TCR}/chains.parquet",
    output:
        f"{TCR}/residues/{{encoding}}_{{solver}}.tsv",
    log:
        **logs("tcr/residues/{encoding}_{solver}"),
    wildcard_constraints:
        solver="|".join(SOLVERS),
    resources:
        mem_mb=scaled(700, per_input=50),
    params:
        encoding="{encoding}",
        solver="{solver}",
        settings=config["tcr"]["residues"],
    message:
        "Weighting amino acids ({wildcards.encoding}), solver {wildcards.solver}"
    script:
        "../scripts/tcr/residues.py"


rule tcr_released_locations:
    input:
        chains=f"{TCR}/chains.parquet",
        moments=f"{TCR}/moments/{{chain}}",
    output:
        f"{TCR}/locations/{{chain}}_schema_learn.tsv",
    log:
        **logs("tcr/locations/{chain}_schema_learn"),
    resources:
        mem_mb=scaled(700 + config["tcr"]["schema_learn"]["pairs"] // 700),
        runtime=minutes(240),
    params:
        chain="{chain}",
        settings={
            "width": config["tcr"]["locations"]["width"],
            "min_correlations": config["tcr"]["locations"]["min_correlations"],
            "max_weight_ratios": config["tcr"]["schema_learn"]["location_weight_ratios"],
            "pairs": config["tcr"]["schema_learn"]["pairs"],
            "orientations": config["tcr"]["schema_learn"]["orientations"],
        },
    message:
        "Weighting locations of {wildcards.chain} with schema_learn: {params.settings}"
    script:
        "../scripts/tcr/released_locations.py"


rule tcr_released_residues:
    input:
        chains=f"{TCR}/chains.parquet",
    output:
        f"{TCR}/residues/counts_schema_learn.tsv",
    log:
        **logs("tcr/residues/counts_schema_learn"),
    resources:
        mem_mb=scaled(700 + config["tcr"]["schema_learn"]["pairs"] // 700),
        runtime=minutes(480),
    params:
        settings=config["tcr"]["residues"],
        released=config["tcr"]["schema_learn"],
    message:
        "Weighting amino acids with schema_learn: {params.released}"
    script:
        "../scripts/tcr/released_residues.py"


rule tcr_scores:
    input:
        chains=f"{TCR}/chains.parquet",
        locations=expand(f"{TCR}/locations/{{chain}}_{{method}}.tsv", chain=CHAINS, method=[*SOLVERS, "schema_learn"]),
        residues=[
            *expand(f"{TCR}/residues/{{encoding}}_{{solver}}.tsv", encoding=["counts", "boolean"], solver=SOLVERS),
            f"{TCR}/residues/counts_schema_learn.tsv",
        ],
        vdjdb_locations=expand(f"{TCR}/vdjdb/{{build}}/locations.tsv", build=VDJDB_BUILDS),
        vdjdb_residues=expand(f"{TCR}/vdjdb/{{build}}/residues.tsv", build=VDJDB_BUILDS),
    output:
        **tables(TCR, "location_profiles", "residue_profiles", "residue_frequency", "location_scores", "residue_scores"),
    log:
        **logs("tcr/scores"),
    params:
        width=config["tcr"]["locations"]["width"],
        scored=config["tcr"]["locations"]["scored"],
        segments=config["tcr"]["residues"]["segments"],
        builds=VDJDB_BUILDS,
    message:
        "Comparing weights with VDJdb's motifs, {params.builds}, locations 1-{params.scored}"
    script:
        "../scripts/tcr/scores.py"


rule tcr_location_stability:
    input:
        profiles=f"{TCR}/location_profiles.tsv",
    output:
        f"{TCR}/location_stability.tsv",
    log:
        **logs("tcr/location_stability"),
    message:
        "Standard deviation of location weights over donors and over groups of ligands"
    script:
        "../scripts/tcr/stability.py"


rule tcr_residue_stability:
    input:
        cells=f"{TCR}/cells.parquet",
        chains=f"{TCR}/chains.parquet",
    output:
        f"{TCR}/residue_stability.tsv",
    log:
        **logs("tcr/residue_stability"),
    resources:
        mem_mb=scaled(700, per_input=50),
    params:
        settings=config["tcr"]["residues"],
        n_groups=config["tcr"]["stability"]["ligand_groups"],
        seed=config["seed"],
        marker_weight=config["tcr"]["locations"]["marker_weight"],
    message:
        "Standard deviation of amino-acid weights over donors and {params.n_groups} groups of ligands"
    script:
        "../scripts/tcr/residue_stability.py"


add_figures(
    "tcr",
    "Figure 5: T cell receptors",
    {"figure5": "5c, d, e, f"},
    motifs=motif_words(VDJDB["build"]),
    scored=config["tcr"]["locations"]["scored"],
    n_ratios=len(config["tcr"]["locations"]["max_weight_ratios"]),
    shuffles=config["tcr"]["shuffles"],
    schema_learn=config["tcr"]["schema_learn"],
)

draw(
    "tcr",
    "figure5",
    params={
        "build": VDJDB["build"],
        "words": motif_words(VDJDB["build"]),
        "scored": config["tcr"]["locations"]["scored"],
    },
    **tables(TCR, "location_profiles", "location_scores", "residue_profiles", "residue_scores", "residue_frequency"),
    vdjdb_locations=f"{TCR}/vdjdb/{VDJDB['build']}/locations.tsv",
    vdjdb_residues=f"{TCR}/vdjdb/{VDJDB['build']}/residues.tsv",
)

claim(
    "tcr",
    params={
        "build": VDJDB["build"],
        "older": VDJDB["older"],
        "words": {build: motif_words(build) for build in VDJDB_BUILDS},
        "scored": config["tcr"]["locations"]["scored"],
    },
    scope=[f"{TCR}/scope.tsv", *(f"{TCR}/vdjdb/{VDJDB[one]}/scope.tsv" for one in ("build", "older"))],
    **tables(TCR, "summary", "location_scores", "residue_scores", "location_profiles"),
    stability=[f"{TCR}/location_stability.tsv", f"{TCR}/residue_stability.tsv"],
    lengths=f"{TCR}/vdjdb/{VDJDB['build']}/lengths.tsv",
)
