"""The jobs of a run in its crate, as the Provenance Run Crate profile has it, and what they were given.

A rule is a step of the workflow (HowToStep), its script the tool; a job is the action of a tool, and a ControlAction
says which step it carried out. Snakemake's own part is the OrganizeAction. Given are source files, with their owners,
and every key of the config.
"""

import json
from urllib.parse import quote

import pandas as pd
from rocrate.model import ContextEntity
from rocrate.rocrate import ROCrate

from provenance.crate_files import Files, context
from provenance.places import MIRROR
from provenance.run import leaves

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


PROFILE = "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"


def add_sources(crate: ROCrate, files: Files, inputs: pd.DataFrame) -> dict[str, list[ContextEntity]]:
    """Add the files of inputs.tsv with address, licence and citation; returns them by dataset."""
    sources: dict[str, list[ContextEntity]] = {}
    for row in inputs.to_dict("records"):
        if row["file"].startswith(f"{MIRROR}/"):
            continue  # not in the folder: inputs.tsv alone can say what it was
        entity = files.file(row["file"], description=f"{row['title'] or row['dataset']}. Origin: {row['origin']}")
        if row["address"]:
            entity["url"] = row["address"]
        for key, kind in (("licence", "license"), ("citation", "citation")):
            if row[key]:
                identifier = f"#{key}/{row['dataset']}"
                entity[kind] = context(crate, identifier, "CreativeWork", name=row[key], description=row["title"])
        sources.setdefault(row["dataset"], []).append(entity)
    return sources


def add_parameters(
    crate: ROCrate, files: Files, workflow: ContextEntity, config: dict, sources: dict[str, list[ContextEntity]]
) -> list[ContextEntity]:
    """Declare every input of ``workflow``: the config, each of its keys, and each dataset; returns their values."""
    values = [files.file("config.yaml", description="The merged config of the run, from which it can be run again")]
    _declare(crate, workflow, "config", "File", values)
    for key, value in leaves(config):
        said = {"name": key, "value": value if isinstance(value, str) else json.dumps(value)}
        entity = context(crate, f"#value/{quote(key)}", "PropertyValue", **said)
        _declare(crate, workflow, key, _type(value), [entity])
        values.append(entity)
    for dataset, entities in sources.items():
        _declare(crate, workflow, f"sources/{dataset}", "File", entities)
        values += entities
    return values


def _declare(crate: ROCrate, workflow: ContextEntity, name: str, kind: str, values: list[ContextEntity]) -> None:
    said = {"name": name, "additionalType": kind, "conformsTo": {"@id": PROFILE}, "workExample": values}
    said["valueRequired"] = kind == "File"
    said["multipleValues"] = len(values) > 1
    parameter = context(crate, f"#parameter/{quote(name)}", "FormalParameter", **said)
    workflow.append_to("input", parameter)
    for value in values:
        value.append_to("exampleOfWork", parameter)


def _type(value: object) -> str:
    """The type of a config value in the words of schema.org; a list is written as JSON text."""
    names = {bool: "Boolean", int: "Integer", float: "Float"}
    return names.get(type(value), "Text")
