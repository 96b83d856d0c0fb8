"""T cell receptors (Fig 5): which CDR3 locations and residues matter for binding.

Requires: the four donors' binarized matrices of tcr_10x, and builds of VDJdb's motifs.
Makes: figures/figure5.{svg,png,tsv} and claims/tcr.tsv under results/<run>/; tables under results/<run>/tcr/.
"""

from tcr.builds import motif_file, motif_words
from tcr.methods.table import METHODS as TCR_METHODS
from tcr.methods.table import limits_of

TCR = f"{RESULTS}/tcr"
DONOR_FILES = [f"vdj_v1_hs_aggregated_donor{donor}_binarized_matrix.csv" for donor in config["tcr"]["donors"]]
VDJDB = config["tcr"]["vdjdb"]
VDJDB_BUILDS = list(dict.fromkeys([VDJDB["build"], VDJDB["older"], *VDJDB["others"]]))
CHAINS = ("TRA", "TRB")
BOOTSTRAP = config["tcr"]["bootstrap"]
RESAMPLES = {  # by method
    name: {
        of: min(BOOTSTRAP[of], BOOTSTRAP["by_grid"] if method.group == "paper" else BOOTSTRAP[of]) for of in BOOTSTRAP
    }
    for name, method in TCR_METHODS.items()
}

# The released package holds its pairs of chains.
TCR_MEGABYTES = {
    name: 700 + (config["tcr"]["schema_learn"]["pairs"] // 550 if method.reads == "chains" else 0)
    for name, method in TCR_METHODS.items()
}


simulate(
    "tcr",
    params={
        "cells_per_donor": config["simulate"]["tcr"]["cells_per_donor"],
        "motif_files": [motif_file(build) for build in VDJDB_BUILDS],
    },
    donors=[source("tcr_10x", name) for name in DONOR_FILES],
    motifs=[source("vdjdb", motif_file(build)) for build in VDJDB_BUILDS],
    truth=source("tcr_10x", "truth.json"),
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
        n_blocks=BOOTSTRAP["blocks"],
        seed=config["seed"],
    message:
        "Moments of {params.width} locations of {wildcards.chain}: donors, ligand groups, {params.n_shuffles} shuffles"
    script:
        "../scripts/tcr/location_moments.py"


for environment in sorted({TCR_METHODS[name].environment for name in config["tcr"]["methods"]}):

    rule:
        name:
            f"tcr_locations_{environment}"
        input:
            moments=f"{TCR}/moments/{{chain}}",
            chains=f"{TCR}/chains.parquet",
        output:
            f"{TCR}/locations/{{chain}}_{{method}}.tsv",
        log:
            **logs("tcr/locations/{chain}_{method}"),
        wildcard_constraints:
            method="|".join(name for name in TCR_METHODS if TCR_METHODS[name].environment == environment),
        conda:
            f"../envs/{environment}.yaml"
        resources:
            mem_mb=scaled(lambda wildcards: TCR_MEGABYTES[wildcards.method]),
            runtime=minutes(240),
        params:
            lambda wildcards: code(f"tcr/methods/{TCR_METHODS[wildcards.method].module}.py"),
            chain="{chain}",
            method="{method}",
            width=config["tcr"]["locations"]["width"],
            limits=lambda wildcards: limits_of(wildcards.method, "location", config["tcr"]),
            marker_weight=config["tcr"]["locations"]["marker_weight"],
            resamples=lambda wildcards: RESAMPLES[wildcards.method]["locations"],
            seed=config["seed"],
        message:
            "Weighting locations of {wildcards.chain}, method {wildcards.method}: {params.limits}"
        script:
            "../scripts/tcr/locations.py"

    rule:
        name:
            f"tcr_residues_{environment}"
        input:
            chains=f"{TCR}/chains.parquet",
        output:
            weights=f"{TCR}/residues/{{encoding}}_{{method}}.tsv",
            profiles=f"{TCR}/residues/{{encoding}}_{{method}}_profiles.tsv",
        log:
            **logs("tcr/residues/{encoding}_{method}"),
        wildcard_constraints:
            encoding="counts|boolean",
            method="|".join(name for name in TCR_METHODS if TCR_METHODS[name].environment == environment),
        conda:
            f"../envs/{environment}.yaml"
        resources:
            mem_mb=scaled(lambda wildcards: TCR_MEGABYTES[wildcards.method], per_input=50),
            runtime=minutes(480),
        params:
            lambda wildcards: code(f"tcr/methods/{TCR_METHODS[wildcards.method].module}.py"),
            encoding="{encoding}",
            method="{method}",
            settings=config["tcr"]["residues"],
            limits=lambda wildcards: limits_of(wildcards.method, "residue", config["tcr"]),
            resamples=lambda wildcards: RESAMPLES[wildcards.method]["residues"],
            blocks=BOOTSTRAP["blocks"],
            shuffles=config["tcr"]["shuffles"],
            seed=config["seed"],
        message:
            "Weighting amino acids ({wildcards.encoding}), method {wildcards.method}: {params.limits}"
        script:
            "../scripts/tcr/residues.py"


rule tcr_scores:
    input:
        chains=f"{TCR}/chains.parquet",
        locations=expand(f"{TCR}/locations/{{chain}}_{{method}}.tsv", chain=CHAINS, method=config["tcr"]["methods"]),
        residues=[
            f"{TCR}/residues/{encoding}_{method}_profiles.tsv"
            for method in config["tcr"]["methods"]
            for encoding in TCR_METHODS[method].encodings
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
    params:
        features="locations",
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
        features="amino acids",
        settings=config["tcr"]["residues"],
        n_groups=config["tcr"]["stability"]["ligand_groups"],
        seed=config["seed"],
        marker_weight=config["tcr"]["locations"]["marker_weight"],
    message:
        "Standard deviation of amino-acid weights over donors and {params.n_groups} groups of ligands"
    script:
        "../scripts/tcr/stability.py"


add_figures(
    "tcr",
    "Figure 5: T cell receptors",
    {"figure5": "5c, d, e, f"},
    motifs=motif_words(VDJDB["build"]),
    scored=config["tcr"]["locations"]["scored"],
    n_ratios=len(config["tcr"]["locations"]["max_weight_ratios"]),
    shuffles=config["tcr"]["shuffles"],
    blocks=BOOTSTRAP["blocks"],
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
    **tables(
        TCR,
        "summary",
        "location_scores",
        "residue_scores",
        "location_profiles",
        "residue_profiles",
        "residue_frequency",
    ),
    stability=[f"{TCR}/location_stability.tsv", f"{TCR}/residue_stability.tsv"],
    lengths=f"{TCR}/vdjdb/{VDJDB['build']}/lengths.tsv",
)

planted(
    "tcr",
    params={"scored": config["tcr"]["locations"]["scored"]},
    truth=source("tcr_10x", "truth.json"),
    **tables(TCR, "summary", "location_profiles", "residue_profiles"),
    vdjdb_locations=f"{TCR}/vdjdb/{VDJDB['build']}/locations.tsv",
    vdjdb_residues=f"{TCR}/vdjdb/{VDJDB['build']}/residues.tsv",
)
