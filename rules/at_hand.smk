"""Before the first job: are all published files here, or can they be had? Called by Snakefile's onstart (common.smk)."""

import os

from snakemake.api import DAGApi


def assert_at_hand():
    """Fetch what this run's jobs need, before they start; stop, or start again without some parts, for what is missing."""
    dag, again = workflow.dag, "STARTED_AGAIN"
    jobs = {
        "/".join(Path(job.output.file).parts[-2:]): job
        for job in dag.needrun_jobs()
        if (job.rule.script or "").endswith("sources/fetch.py")
    }
    if workflow.touch or not workflow.is_main_process or not (jobs or NOTED):
        return
    logger.info(f"Fetching {len(jobs)} published files, or verifying those in place: {RESULTS}/logs/sources.log")
    patience = {"attempts": config["fetch"]["attempts"], "timeout": config["fetch"]["timeout_seconds"]}
    skip = config["missing"] == "skip"
    with ahead.log_to(Path(RESULTS) / "logs/sources.log"):
        wanted = [*jobs, *NOTED]
        missing = ahead.fetch_ahead(wanted, SOURCES, REGISTRY, config["mirror"], stop=not skip, **patience)
    asked_for = missing.keys() & NOTED.keys() & jobs.keys()  # by a target, although its part is left out
    if missing.keys() == NOTED.keys() and not asked_for:
        return
    parts = {key: NOTED[key]["parts"] if key in NOTED else parts_behind(dag, jobs[key]) for key in missing}
    left = set(config["parts"]) - {part for key in missing for part in parts[key]}
    if not skip or asked_for or again in environ or not left or not all(parts.values()):
        raise WorkflowError(ahead.listed(missing, SOURCES, REGISTRY))
    ahead.note(NOTE, missing, parts, REGISTRY)
    for part, reason in ahead.not_run(ahead.noted(NOTE)).items():
        logger.warning(f"Part {part} is not run: {reason}")
    logger.info("Starting again without them")
    workflow.persistence.unlock()
    os.chdir(started_in())
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environ | {again: ""})


def started_in():
    """Where Snakemake was called: with --directory it has left there, and paths of the command line are from there."""
    frame = sys._getframe()
    while frame and not isinstance(frame.f_locals.get("self"), DAGApi):
        frame = frame.f_back
    return (frame and frame.f_locals["self"].workflow_api._workdir_handler.olddir) or Path.cwd()


def parts_behind(dag, job):
    """The parts whose figures or values a job is needed for."""
    made = {str(file) for after in dag.bfs(dag.depending, job) for file in after.output}
    return [part for part in config["parts"] if made & {f"{RESULTS}/claims/{part}.tsv", *map(str, FIGURES[part])}]
