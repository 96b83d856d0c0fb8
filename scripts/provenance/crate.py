"""A run as a research object: ro-crate-metadata.json, by the Provenance Run Crate profile of RO-Crate.

https://w3id.org/ro/wfrun/provenance/0.5, which includes Workflow Run Crate and Process Run Crate. Equal runs give equal
crates but for times: nothing in it is random, and nothing says who ran it or on what host.
"""

import json
from pathlib import Path

import yaml
from rocrate.rocrate import ROCrate

from provenance.crate_about import add_about
from provenance.crate_files import Files, context
from provenance.crate_jobs import COMPLETED, add_jobs, add_parameters, add_sources
from provenance.places import MIRROR, SOURCES
from running import read_table, step, whole_file

CONTEXT = "https://w3id.org/ro/terms/workflow-run/context"


def crate(folder: Path, results: list[str]) -> dict:
    """The JSON-LD of the run in ``folder`` (results/<run>), from the tables that it holds.

    results : the files, by their paths below the folder, that the run was made for
    """
    jobs = json.loads((folder / "jobs.json").read_text(encoding="utf-8"))
    config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    run = dict(read_table(folder / "run.tsv", text=True).itertuples(index=False))

    made = ROCrate(version="1.1")
    made.metadata.extra_contexts.append(CONTEXT)
    read = read_table(folder / "inputs.tsv", text=True)
    shared = {row["file"]: row for row in read.to_dict("records") if _is_shared(row["file"], folder)}
    files = Files(made, folder, shared)
    workflow = add_about(made, files, run, read_table(folder / "software.tsv", text=True))
    controls = add_jobs(made, files, workflow, [_without_mirror(job) for job in jobs])
    sources = add_sources(made, files, read)
    action = context(made, "#run", "CreateAction", name=f"Run {run['run']} of the workflow", instrument=workflow)
    action["object"] = add_parameters(made, files, workflow, config, sources)
    action["result"] = [files.file(name) for name in results]
    action["actionStatus"] = COMPLETED
    action["description"] = f"{run['processor']}, {run['cores']} cores, {run['memory']}; {run['linear algebra']}"
    for key, value in (("startTime", run["first of them started"]), ("endTime", run["last of them ended"])):
        if value != "unknown":
            action[key] = value
    engine = {"name": "Snakemake", "softwareVersion": run["Snakemake"], "url": "https://snakemake.github.io"}
    snakemake = context(made, "#snakemake", "SoftwareApplication", **engine)
    organised = {"name": "Snakemake organises the jobs", "instrument": snakemake, "object": controls, "result": action}
    context(made, "#organise", "OrganizeAction", **organised)
    made.root_dataset["mentions"] = [action, *(control["object"] for control in controls)]
    return _in_order(made.metadata.generate())


def _is_shared(name: str, folder: Path) -> bool:
    """Whether a file is a source that stands beside the run, for all runs."""
    return Path(name).parts[0] == SOURCES and not (folder / name).exists()


def _without_mirror(job: dict) -> dict:
    """Files that were read in place are not in the crate; inputs.tsv names them with their hashes."""
    return job | {"inputs": [name for name in job["inputs"] if Path(name).parts[0] != MIRROR]}


def _in_order(document: dict) -> dict:
    """The crate's description and its root first, then every entity by its identifier; a list of one is that one."""
    first = {"ro-crate-metadata.json": 0, "./": 1}
    graph = sorted(document["@graph"], key=lambda entity: (first.get(entity["@id"], 2), entity["@id"]))
    return document | {"@graph": [{key: _one(value) for key, value in entity.items()} for entity in graph]}


def _one(value: object) -> object:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


if __name__ == "__main__":
    with step(snakemake), whole_file(snakemake.output[0]) as part:
        folder = Path(snakemake.output[0]).parent
        results = [Path(path).relative_to(folder).as_posix() for path in snakemake.input.results]
        text = json.dumps(crate(folder, results), indent=1, sort_keys=True, ensure_ascii=False)
        part.write_text(text + "\n", encoding="utf-8")
