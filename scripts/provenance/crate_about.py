"""What a run's crate says of itself: the workflow, its version, software, licence, and the paper."""

from urllib.parse import quote

import pandas as pd
import yaml
from rocrate.model import ContextEntity
from rocrate.model.computerlanguage import get_lang
from rocrate.rocrate import ROCrate

from provenance.crate_files import SNAKEFILE, Files, context
from provenance.places import WORKFLOW

PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/provenance/0.5": ("Provenance Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
WORKFLOW_PROFILE = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
SPDX = "https://spdx.org/licenses/"
RIGHTS = (
    "The workflow is {code}. Source files are their publishers', each under the licence that it names; "
    "for what the run computed no licence is given here."
)


def add_about(crate: ROCrate, files: Files, run: dict[str, str], software: pd.DataFrame) -> ContextEntity:
    """Describe the crate's root; returns the workflow, which is its main entity.

    run, software : rows of run.tsv and software.tsv
    """
    cff = yaml.safe_load((files.folder / WORKFLOW / "CITATION.cff").read_text(encoding="utf-8"))
    root = crate.root_dataset
    root["name"] = f"{cff['title'].partition(':')[0]}: run {run['run']}"
    root["description"] = f"Results of the parts {run['parts']} on {run['data']} data, and how they were made."
    if run["last of them ended"] != "unknown":
        root["datePublished"] = run["last of them ended"]
    root["conformsTo"] = [
        context(crate, url, "CreativeWork", name=name, version=number) for url, (name, number) in PROFILES.items()
    ]
    rights = {"name": "Rights in the parts of this run", "description": RIGHTS.format(code=cff["license"])}
    root["license"] = context(crate, "#rights", "CreativeWork", **rights)
    root["citation"] = _paper(crate, cff["references"][0])
    return _workflow(crate, files, run, software, cff)


def _workflow(crate: ROCrate, files: Files, run: dict, software: pd.DataFrame, cff: dict) -> ContextEntity:
    """The Snakefile; the folder that holds it has the rest of the code."""
    files.place(WORKFLOW)
    workflow = files.file(SNAKEFILE, name=cff["title"])
    workflow["conformsTo"] = {"@id": WORKFLOW_PROFILE}
    commit, changed = run["workflow, git commit"], run["changed since that commit"]
    state = commit if changed in ("nothing", "unknown") else f"{commit}; changed since: {changed}"
    workflow["version"] = f"{run['workflow, version']} ({state})"
    workflow["identifier"] = f"sha256:{run['workflow, sha256 of its files']}"
    workflow["license"] = context(crate, SPDX + cff["license"], "CreativeWork", name=cff["license"])
    workflow["programmingLanguage"] = crate.add(get_lang(crate, "snakemake", run["Snakemake"]))
    workflow["softwareRequirements"] = [
        context(crate, f"#software/{name}-{version}", "SoftwareApplication", name=name, softwareVersion=version)
        for name, version in zip(software["what"], software["version"], strict=True)
    ]
    crate.mainEntity = workflow
    crate.metadata["conformsTo"] = [{"@id": "https://w3id.org/ro/crate/1.1"}, {"@id": list(PROFILES)[-1]}]
    return workflow


def _paper(crate: ROCrate, reference: dict) -> ContextEntity:
    """The paper that the workflow reproduces, as CITATION.cff has it."""
    names = [f"{person['given-names']} {person['family-names']}" for person in reference["authors"]]
    authors = [context(crate, f"#author/{quote(name)}", "Person", name=name) for name in names]
    said = {"name": reference["title"], "author": authors, "datePublished": str(reference["year"])}
    said["publisher"] = context(crate, "#journal", "Organization", name=reference["journal"])
    return context(crate, f"https://doi.org/{reference['doi']}", "ScholarlyArticle", **said)
