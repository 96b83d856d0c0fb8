"""T cell receptors (Fig 5): which CDR3 locations and residues matter for binding.

Requires: the four donors' binarized matrices of tcr_10x, and builds of VDJdb's motifs.
Makes: figures/figure5.{svg,png,tsv} and claims/tcr.tsv under results/<run>/; tables under results/<run>/tcr/.
"""

from calendar import month_name

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


def motif_file(build):
    """Where a build of VDJdb's motifs is published: a file of its own, or in the archive of a release."""
    date = build.removeprefix("release-")
    return source("vdjdb", f"motif_pwms-{build}.txt" if date == build else f"vdjdb-{date}.zip")


def motif_words(build):
    """What figures, captions and the ledger call it: "VDJdb motifs of 18 May 2020 (build 2020-05-18)"."""
    year, month, day = map(int, build.removeprefix("release-").split("-"))
    date = f"{day} {month_name[month]} {year}"
    if build.startswith("release-"):
        return f"VDJdb motifs in the release of {date} (build not known)"
    return f"VDJdb motifs of {date} (build {build})"


FIGURES["tcr"] = expand(f"{RESULTS}/figures/figure5.{{suffix}}", suffix=FIGURE_FILES)
FIGURE_CAPTIONS["tcr"] = [f"{RESULTS}/captions/figure5.rst"]


rule tcr:
    """The part's figures and claims."""
    input:
        FIGURES["tcr"],
        f"{RESULTS}/claims/tcr.tsv",


if SIMULATED:

    rule tcr_simulate:
        output:
            donors=[source("tcr_10x", name) for name in DONOR_FILES],
            motifs=[motif_file(build) for build in VDJDB_BUILDS],
        log:
            f"{RESULTS}/logs/tcr/simulate.log",
        benchmark:
            f"{RESULTS}/benchmarks/tcr/simulate.tsv"
        conda:
            "../envs/core.yaml"
        threads: 1
        resources:
            mem_mb=scaled(500),
        params:
            seed=config["seed"],
            cells_per_donor=config["simulate"]["tcr"]["cells_per_donor"],
            motif_files=[Path(motif_file(build)).name for build in VDJDB_BUILDS],
        message:
            "Simulating {params.cells_per_donor} cells per donor and VDJdb motifs, seed {params.seed}"
        script:
            "../scripts/sources/simulate_tcr.py"


rule tcr_preprocess:
    input:
        donors=[source("tcr_10x", name) for name in DONOR_FILES],
        receipts=receipts(*(source("tcr_10x", name) for name in DONOR_FILES)),
        code=code("tcr/preprocess.py"),
    output:
        cells=f"{TCR}/cells.parquet",
        chains=f"{TCR}/chains.parquet",
        summary=f"{TCR}/summary.tsv",
    log:
        f"{RESULTS}/logs/tcr/preprocess.log",
    benchmark:
        f"{RESULTS}/benchmarks/tcr/preprocess.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
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
        motifs=lambda wildcards: motif_file(wildcards.build),
        receipt=lambda wildcards: receipts(motif_file(wildcards.build)),
        code=code("tcr/vdjdb.py"),
    output:
        locations=f"{TCR}/vdjdb/{{build}}/locations.tsv",
        residues=f"{TCR}/vdjdb/{{build}}/residues.tsv",
        lengths=f"{TCR}/vdjdb/{{build}}/lengths.tsv",
    log:
        f"{RESULTS}/logs/tcr/vdjdb/{{build}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/tcr/vdjdb/{{build}}.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
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
        code=code("tcr/location_moments.py"),
    output:
        directory(f"{TCR}/moments/{{chain}}"),
    log:
        f"{RESULTS}/logs/tcr/location_moments/{{chain}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/tcr/location_moments/{{chain}}.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
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
        code=code("tcr/locations.py"),
    output:
        f"{TCR}/locations/{{chain}}_{{solver}}.tsv",
    log:
        f"{RESULTS}/logs/tcr/locations/{{chain}}_{{solver}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/tcr/locations/{{chain}}_{{solver}}.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
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
        code=code("tcr/residues.py"),
    output:
        f"{TCR}/residues/{{encoding}}_{{solver}}.tsv",
    log:
        f"{RESULTS}/logs/tcr/residues/{{encoding}}_{{solver}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/tcr/residues/{{encoding}}_{{solver}}.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
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
        code=code("tcr/released_locations.py"),
    output:
        f"{TCR}/locations/{{chain}}_schema_learn.tsv",
    log:
        f"{RESULTS}/logs/tcr/locations/{{chain}}_schema_learn.log",
    benchmark:
        f"{RESULTS}/benchmarks/tcr/locations/{{chain}}_schema_learn.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
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
        "Weighting locations of {wildcards.chain} with the released package: {params.settings}"
    script:
        "../scripts/tcr/released_locations.py"


rule tcr_released_residues:
    input:
        chains=f"{TCR}/chains.parquet",
        code=code("tcr/released_residues.py"),
    output:
        f"{TCR}/residues/counts_schema_learn.tsv",
    log:
        f"{RESULTS}/logs/tcr/residues/counts_schema_learn.log",
    benchmark:
        f"{RESULTS}/benchmarks/tcr/residues/counts_schema_learn.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(700 + config["tcr"]["schema_learn"]["pairs"] // 700),
        runtime=minutes(480),
    params:
        settings=config["tcr"]["residues"],
        released=config["tcr"]["schema_learn"],
    message:
        "Weighting amino acids with the released package: {params.released}"
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
        code=code("tcr/scores.py"),
    output:
        location_profiles=f"{TCR}/location_profiles.tsv",
        residue_profiles=f"{TCR}/residue_profiles.tsv",
        residue_frequency=f"{TCR}/residue_frequency.tsv",
        location_scores=f"{TCR}/location_scores.tsv",
        residue_scores=f"{TCR}/residue_scores.tsv",
    log:
        f"{RESULTS}/logs/tcr/scores.log",
    benchmark:
        f"{RESULTS}/benchmarks/tcr/scores.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
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
        code=code("tcr/stability.py"),
    output:
        f"{TCR}/location_stability.tsv",
    log:
        f"{RESULTS}/logs/tcr/location_stability.log",
    benchmark:
        f"{RESULTS}/benchmarks/tcr/location_stability.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
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
        code=code("tcr/residue_stability.py"),
    output:
        f"{TCR}/residue_stability.tsv",
    log:
        f"{RESULTS}/logs/tcr/residue_stability.log",
    benchmark:
        f"{RESULTS}/benchmarks/tcr/residue_stability.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
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
        code=code("tcr/claims.py"),
    output:
        f"{RESULTS}/claims/tcr.tsv",
    log:
        f"{RESULTS}/logs/claims/tcr.log",
    benchmark:
        f"{RESULTS}/benchmarks/tcr/claims.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
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
        claims=BASE / "config/claims.yaml",
        code=code("tcr/figure.py"),
    output:
        **figure_files("figure5", "Figure 5: T cell receptors", "5c, d, e, f"),
    log:
        f"{RESULTS}/logs/figures/figure5.log",
    benchmark:
        f"{RESULTS}/benchmarks/tcr/figure.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
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
        "../scripts/tcr/figure.py"


localrules:
    tcr_caption,


rule tcr_caption:
    input:
        template=BASE / "scripts/tcr/figure5.rst",
        ledger=f"{RESULTS}/claims.tsv",
    output:
        f"{RESULTS}/captions/figure5.rst",
    log:
        f"{RESULTS}/logs/captions/figure5.log",
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=scaled(300),
    params:
        values={
            "simulated": SIMULATED,
            "motifs": motif_words(VDJDB["build"]),
            "scored": config["tcr"]["locations"]["scored"],
            "n_ratios": len(config["tcr"]["locations"]["max_weight_ratios"]),
            "shuffles": config["tcr"]["shuffles"],
            "schema_learn": config["tcr"]["schema_learn"],
        },
    message:
        "Filling the caption of Figure 5 from the ledger"
    script:
        "../scripts/report/caption.py"
