"""Names and functions of own: which file is read, and what is asked of it."""

from own.asked import SIMULATED_MODALITIES, in_full, rows_of_file

OWN = f"{RESULTS}/own"
OWN_CONFIG = config["own"]
OWN_FILE = OWN_CONFIG["file"]
OWN_JOBS = OWN_CONFIG["jobs"]
if set("{}") & set(OWN_FILE or ""):
    raise WorkflowError(
        f"{OWN_FILE}: has a brace, which Snakemake takes for a wildcard; rename it, or give own.file the name of a link "
        "to it (ln -s)"
    )
if OWN_FILE and not OWN_CONFIG["modalities"]:
    raise WorkflowError(f"own.modalities: none is named for {OWN_FILE}; name tables, as in {{age: obs/age}}")
OWN_MODALITIES = in_full(OWN_CONFIG["modalities"] or SIMULATED_MODALITIES)
OWN_ASKED = {
    "features": OWN_CONFIG["use_rep"],
    "modalities": OWN_MODALITIES,
    **{key: OWN_CONFIG[key] for key in ("min_correlation", "max_weight_ratio")},
}
# what is read: without the weights, so that a change of them reruns the solve alone
OWN_VALUES = {
    "features": OWN_CONFIG["use_rep"],
    "modalities": [{key: one[key] for key in ("values", "kind")} for one in OWN_MODALITIES],
}
OWN_ROWS = rows_of_file(OWN_FILE, OWN_CONFIG["use_rep"]) if OWN_FILE else config["simulate"]["own"]["rows"]
OWN_DEALT = OWN_ROWS > OWN_CONFIG["rows_in_memory"]
OWN_DATA = "mine" if OWN_FILE else f"generated_{OWN_ROWS}"
OWN_LARGE, OWN_SMALL = (OWN_DATA, "none") if OWN_DEALT else ("none", OWN_DATA)
OWN_TABLES = tables(f"{OWN}/{{data}}", "weights", "path", "correlations", "control", "stability")
OWN_SIZES = sorted(OWN_CONFIG["growth"])
# sizes of the growth curve come one after the other: no size slows another down, and its file is gone by then
OWN_AFTER = {f"growth_{size}": f"{OWN}/growth_{before}/one_pass.json" for before, size in zip(OWN_SIZES, OWN_SIZES[1:])}
OWN_WHOLE = {
    "labels": OWN_CONFIG["labels"],
    "batch": OWN_CONFIG["batch"],
    "representation": OWN_CONFIG["representation"],
    "components": OWN_CONFIG["components"],
}
OWN_METHODS = OWN_CONFIG["methods"] if OWN_CONFIG["labels"] else []
# which script places the cells by a method, and the environment of that script
OWN_SCRIPTS = {"mofa": "multiview", "deep": "deep", "methods": "core"}
OWN_MODULES = {"mofa": "mofa", "totalvi": "deep", "multivi": "deep"}
OWN_PLACED = {
    placing: [name for name in OWN_METHODS if OWN_MODULES.get(name, "methods") == placing] for placing in OWN_SCRIPTS
}
OWN_REPRESENTED = {"own.representation": OWN_CONFIG["representation"]} | {
    f"own.modalities.{one['name']}.representation": one["representation"] for one in OWN_MODALITIES
}


def own_path(wildcards):
    """The file that is read."""
    return OWN_FILE if wildcards.data == "mine" else f"{OWN}/{wildcards.data}.h5ad"


def own_input(wildcards):
    """The same as an input; none where the user's is missing, which the first step then says in one line."""
    path = own_path(wildcards)
    return path if wildcards.data != "mine" or Path(path).exists() else []
