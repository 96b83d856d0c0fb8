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


wildcard_constraints:
    chain="TRA|TRB",
    solver="exact|grid",
    encoding="counts|boolean",
    build=r"(release-)?\d{4}-\d{2}-\d{2}",


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


rule tcr:
    """The part's figures and claims."""
    input:
        FIGURES["tcr"],
        f"{RESULTS}/claims/tcr.tsv",


if SIMULATED:

    rule tcr_simulate:
        output:
            donors=[source("tcr_10x", name) for name in DONOR_FILES],
            motifs=[source("vdjdb", motif_file(build)) for build in VDJDB_BUILDS],
        log:
            **logs("tcr/simulate"),
        conda:
            "../envs/core.yaml"
        resources:
            mem_mb=scaled(500),
        params:
            seed=config["seed"],
            cells_per_donor=config["simulate"]["tcr"]["cells_per_donor"],
            motif_files=[motif_file(build) for build in VDJDB_BUILDS],
        message:
            "Simulating {params.cells_per_donor} cells per donor and VDJdb motifs, seed {params.seed}"
        script:
            "../scripts/tcr/simulate/sources.py"


rule tcr_preprocess:
    input:
        donors=[source("tcr_10x", name) for name in DONOR_FILES],
        receipts=receipts(*(source("tcr_10x", name) for name in DONOR_FILES)),
    output:
        cells=f"{TCR}/cells.parquet",
        chains=f"{TCR}/chains.parquet",
        summary=f"{TCR}/summary.tsv",
    log:
        **logs("tcr/preprocess"),
    conda:
        "../envs/core.yaml"
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
    log:
        **logs("tcr/vdjdb/{build}"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(500, per_input=20),
    params:
        build=lambda wildcards: wildcards.build,
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
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(700, per_input=50),
    params:
        chain=lambda wildcards: wildcards.chain,
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
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(700),
    params:
        chain=lambda wildcards: wildcards.chain,
        solver=lambda wildcards: wildcards.solver,
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
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(700, per_input=50),
    params:
        encoding=lambda wildcards: wildcards.encoding,
        solver=lambda wildcards: wildcards.solver,
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
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(700 + config["tcr"]["schema_learn"]["pairs"] // 700),
        runtime=minutes(240),
    params:
        chain=lambda wildcards: wildcards.chain,
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
    conda:
        "../envs/core.yaml"
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
        location_profiles=f"{TCR}/location_profiles.tsv",
        residue_profiles=f"{TCR}/residue_profiles.tsv",
        residue_frequency=f"{TCR}/residue_frequency.tsv",
        location_scores=f"{TCR}/location_scores.tsv",
        residue_scores=f"{TCR}/residue_scores.tsv",
    log:
        **logs("tcr/scores"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(700, per_input=20),
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
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(500),
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
    conda:
        "../envs/core.yaml"
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


rule tcr_claims:
    input:
        summary=f"{TCR}/summary.tsv",
        location_scores=f"{TCR}/location_scores.tsv",
        residue_scores=f"{TCR}/residue_scores.tsv",
        location_profiles=f"{TCR}/location_profiles.tsv",
        stability=[f"{TCR}/location_stability.tsv", f"{TCR}/residue_stability.tsv"],
        lengths=f"{TCR}/vdjdb/{VDJDB['build']}/lengths.tsv",
    output:
        f"{RESULTS}/claims/tcr.tsv",
    log:
        **logs("claims/tcr"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(500),
    params:
        build=VDJDB["build"],
        older=VDJDB["older"],
        words={build: motif_words(build) for build in VDJDB_BUILDS},
        scored=config["tcr"]["locations"]["scored"],
    message:
        "Our values for the paper's numbers of Figure 5, VDJdb's motifs, {params.build}"
    script:
        "../scripts/tcr/claims.py"


rule tcr_figure:
    input:
        location_profiles=f"{TCR}/location_profiles.tsv",
        location_scores=f"{TCR}/location_scores.tsv",
        residue_profiles=f"{TCR}/residue_profiles.tsv",
        residue_scores=f"{TCR}/residue_scores.tsv",
        residue_frequency=f"{TCR}/residue_frequency.tsv",
        vdjdb_locations=f"{TCR}/vdjdb/{VDJDB['build']}/locations.tsv",
        vdjdb_residues=f"{TCR}/vdjdb/{VDJDB['build']}/residues.tsv",
    output:
        **figure_files("figure5"),
    log:
        **logs("figures/figure5"),
    conda:
        "../envs/core.yaml"
    resources:
        mem_mb=scaled(700),
    params:
        build=VDJDB["build"],
        words=motif_words(VDJDB["build"]),
        scored=config["tcr"]["locations"]["scored"],
        simulated=SIMULATED,
    message:
        "Drawing Figure 5 against {params.words}"
    script:
        "../scripts/tcr/figures/figure5.py"
