"""Names and functions of the Slide-seq part: where a puck comes from, and what is run on it."""

from slide_seq.methods.table import RIVALS

SLIDE = f"{RESULTS}/slide_seq"
SLIDE_CONFIG = config["slide_seq"]
PUCKS = SLIDE_CONFIG["pucks"]
REPLICATES = {  # by folder below the results: the pucks of the figures, then those that are run beside them
    "slide_seq": {key: SLIDE_CONFIG[key] for key in ("pucks", "least_posterior", "methods")},
    **{f"slide_seq/{name}": one for name, one in SLIDE_CONFIG["variants"].items() if one},
}
OF_REPLICATES = f"{RESULTS}/{{replicates}}"
BEAD_TYPES = source("slide_seq", "bead_types_hippocampus.tsv")
SLIDE_FACTORS = SLIDE_CONFIG["factors"]["numbers"]
SLIDE_SCHEMA = SLIDE_CONFIG["clusters"] | SLIDE_CONFIG["ensemble"]
SLIDE_SUBSETS = {name: SLIDE_CONFIG[name] for name in RIVALS if "beads" in SLIDE_CONFIG.get(name, {})}
SLIDE_SLOW = [name for name in ("spatialde", "trendsceek") if name in SLIDE_CONFIG["methods"]]
SLIDE_STEPS = ("read", "preprocess", f"factors_{SLIDE_FACTORS[0]}", "schema")  # of Table S1
SLIDE_READ = {
    "genes_table": f"{OF_REPLICATES}/genes.tsv",
    "factors": f"{OF_REPLICATES}/{{puck}}/factors_{SLIDE_FACTORS[0]}.npz",
}
SLIDE_DECLARED = min(
    (SLIDE_CONFIG[m]["genes"] for m in ("spatialde", "trendsceek") if SLIDE_CONFIG[m]["genes"]), default=None
)


def puck_by_hand(puck):
    """The unpacked folder of a puck, or its archive under another name of the study's, if somebody put one in place."""
    places = [Path(SOURCES)] + ([Path(config["mirror"]).expanduser()] if config["mirror"] else [])
    names = [f"{region}Puck_{puck}{suffix}" for region in ("", "Cerebellum_") for suffix in ("", ".tar", ".tar.gz")]
    names.remove(f"Puck_{puck}.tar.gz")  # the registry's: fetched and pinned
    found = (place / "slide_seq" / name for place in places for name in names)
    return next((path for path in found if path.exists() and not SIMULATED), None)


def puck_place(wildcards):
    """What is read: what was put in place by hand, else the archive."""
    return str(puck_by_hand(wildcards.puck) or source("slide_seq", f"Puck_{wildcards.puck}.tar.gz"))


def puck_files(wildcards):
    """The files behind it, with the receipt of a fetched archive."""
    place = puck_by_hand(wildcards.puck)
    if place:
        return sorted(str(path) for path in (place.rglob("*.csv") if place.is_dir() else [place]))
    archive = source("slide_seq", f"Puck_{wildcards.puck}.tar.gz")
    return [archive, *receipts(archive)]


if SIMULATED and any(one["least_posterior"] is not None for one in REPLICATES.values()):
    raise WorkflowError("slide_seq.least_posterior: simulated pucks have no table of posteriors; set it to null")


def slide_settings(wildcards):
    """What a rival is given of the config; the released package what Schema is given as well."""
    ours = SLIDE_SCHEMA if RIVALS[wildcards.rival].reads == "factors" else {}
    return ours | SLIDE_CONFIG.get(wildcards.rival, {})


def slide_megabytes(wildcards):
    """Memory of a rival; the released package holds its pairs of beads."""
    return 1500 + slide_settings(wildcards).get("pairs", 0) // 250


def of_pucks(name):
    """A file of every puck of a set of replicates, and for each of its methods where the name has one."""

    def files(wildcards):
        one = REPLICATES[wildcards.replicates]
        methods = one["methods"] if name.endswith(".json") else ["schema", "cca", *one["methods"]]
        folder = f"{RESULTS}/{wildcards.replicates}"
        return expand(f"{folder}/{{puck}}/{name}", puck=one["pucks"], method=methods)

    return files


def bead_types(wildcards):
    """The table of types with their posteriors, where a set of replicates takes its types from there."""
    if REPLICATES[wildcards.replicates]["least_posterior"] is None:
        return []
    return [BEAD_TYPES, *receipts(BEAD_TYPES)]


def cell_types():
    """Names of the clusters of the puck that is drawn, by number: those of its tissue, if the registry knows it."""
    known = REGISTRY["slide_seq"].files.get(f"Puck_{PUCKS[0]}.tar.gz")
    numbers = [SLIDE_CONFIG["clusters"]["granule"], *SLIDE_CONFIG["clusters"]["others"]]
    by_number = {str(number): f"cluster {number}" for number in numbers}
    return SLIDE_CONFIG["cell_types"].get(known and known.tissue, by_number)


def of_sets(name):
    """A table of each set of replicates, the one of the figures first."""
    return [f"{RESULTS}/{folder}/{name}.tsv" for folder in REPLICATES]


def of_all_pucks(name):
    """A file of every puck of every set of replicates."""
    return [f"{RESULTS}/{folder}/{puck}/{name}" for folder, one in REPLICATES.items() for puck in one["pucks"]]
