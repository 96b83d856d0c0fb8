"""The jobs of a run in its crate, as the Provenance Run Crate profile has it.

A rule is a step of the workflow (HowToStep), its script the tool; a job is the action of a tool, and a ControlAction
says which step it carried out. Snakemake's own part is the OrganizeAction.
"""

from urllib.parse import quote

from rocrate.model import ContextEntity
from rocrate.rocrate import ROCrate

from provenance.crate_files import Files, context

COMPLETED = "http://schema.org/CompletedActionStatus"


def add_jobs(crate: ROCrate, files: Files, workflow: ContextEntity, jobs: list[dict]) -> list[ContextEntity]:
    """Add ``jobs`` and their files to ``crate``, steps and tools to ``workflow``; returns a ControlAction each."""
    return [_add_job(crate, files, workflow, job) for job in jobs]


def _add_job(crate: ROCrate, files: Files, workflow: ContextEntity, job: dict) -> ContextEntity:
    tool = _tool(files, job)
    step = context(crate, f"#step/{job['rule']}", "HowToStep", name=job["rule"], workExample=tool)
    for key, part in (("step", step), ("hasPart", tool)):
        if part not in workflow.get(key, []):
            workflow.append_to(key, part)
    name = f"{job['rule']}/{quote(job['outputs'][0])}"
    said = {"name": job["rule"], "description": _title(job), "instrument": tool}
    action = context(crate, f"#job/{name}", "CreateAction", **said, actionStatus=COMPLETED)
    action["object"] = _entities(files, job["inputs"])
    action["result"] = _entities(files, job["outputs"])
    for key, value in (("startTime", job["started"]), ("endTime", job["ended"])):
        if value:
            action[key] = value
    return context(crate, f"#control/{name}", "ControlAction", name=f"do {_title(job)}", instrument=step, object=action)


def _tool(files: Files, job: dict) -> ContextEntity:
    """The script of a rule; the project's files that it runs and reads are its requirements."""
    modules = [files.file(path) for path in job["code"] if path != job["script"]]
    tool = files.file(job["script"])
    if modules:
        tool["softwareRequirements"] = modules
    return tool


def _entities(files: Files, names: list[str]) -> list[ContextEntity]:
    return [entity for entity in map(files.place, names) if entity is not None]


def _title(job: dict) -> str:
    wildcards = ", ".join(f"{key}={value}" for key, value in job["wildcards"].items())
    threads = f"{job['threads']} thread{'s' if job['threads'] > 1 else ''}"
    return f"{job['rule']} ({', '.join(filter(None, [wildcards, threads]))})"
