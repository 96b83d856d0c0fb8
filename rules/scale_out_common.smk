"""Names and functions of scale_out: which AnnData is read, and what is asked of it."""

SCALE_OUT = f"{RESULTS}/scale_out"
SCALE_OUT_CONFIG = config["scale_out"]
SCALE_OUT_JOBS = SCALE_OUT_CONFIG["jobs"]
if set("{}") & set(SCALE_OUT_CONFIG["h5ad"] or ""):
    raise WorkflowError(
        f"{SCALE_OUT_CONFIG['h5ad']}: has a brace, which Snakemake takes for a wildcard; rename it, or give scale_out.h5ad "
        "the name of a link to it (ln -s)"
    )
SCALE_OUT_ASKED = {
    key: SCALE_OUT_CONFIG[key] for key in ("features", "modalities", "min_correlation", "max_weight_ratio")
}
# what is read: without the weights, so that a change of them reruns the solve alone
SCALE_OUT_VALUES = {
    "features": SCALE_OUT_CONFIG["features"],
    "modalities": [{key: one[key] for key in ("values", "kind")} for one in SCALE_OUT_CONFIG["modalities"]],
}
SCALE_OUT_DATA = "own" if SCALE_OUT_CONFIG["h5ad"] else f"generated_{config['simulate']['scale_out']['rows']}"
SCALE_OUT_SIZES = sorted(SCALE_OUT_CONFIG["growth"])
# sizes of the growth curve come one after the other: no size slows another down, and its file is gone by then
SCALE_OUT_AFTER = {
    f"growth_{size}": f"{SCALE_OUT}/growth_{before}/one_pass.json"
    for before, size in zip(SCALE_OUT_SIZES, SCALE_OUT_SIZES[1:])
}


def scale_out_path(wildcards):
    """The AnnData that is read."""
    return SCALE_OUT_CONFIG["h5ad"] if wildcards.data == "own" else f"{SCALE_OUT}/{wildcards.data}.h5ad"


def scale_out_input(wildcards):
    """The same as an input; none where the user's is missing, which the plan then says in one line."""
    path = scale_out_path(wildcards)
    return path if wildcards.data != "own" or Path(path).is_file() else []
