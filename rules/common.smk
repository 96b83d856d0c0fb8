"""What every rules file uses: the checked config, the places of things, and what a script depends on."""

import json
import logging
import sys
from importlib.metadata import version
from os import environ, getpid, pathsep
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger
from snakemake.utils import update_config

BASE = Path(workflow.current_basedir).parent
IMPORT_ROOTS = [str(BASE / "scripts"), *filter(None, environ.get("PYTHONPATH", "").split(pathsep))]
if IMPORT_ROOTS[0] not in sys.path:
    sys.path.insert(0, IMPORT_ROOTS[0])
environ["PYTHONPATH"] = pathsep.join(dict.fromkeys(IMPORT_ROOTS))

from configuration.check import check, expanded
from configuration.imports import SCRIPTS, fingerprints
from running.disk import assert_usable
from configuration.strict_yaml import read_document, read_yaml
from formats.published import COMPLETE, STAND_IN, UNKNOWN
from running import InputError
from running.clock import bring_back
from running.disk import assert_writable
from running.parent import VARIABLE
from running.told import tell
from sources.registry import load_registry, mirror_place

environ[VARIABLE] = str(getpid())
logging.raiseExceptions = False  # on a full disk: no stack for each line that Snakemake's own log does not take


def configured(given):
    """The whole config, checked: the defaults, and what the user gave. It writes nothing: a dry run gets here too."""
    defaults, schema, name = BASE / "config/config.yaml", BASE / "config/config.schema.yaml", "the configuration"
    whole = read_yaml(defaults)
    main = workflow.modifier.is_main_snakefile()  # else a module of a workflow whose files may hold keys of its own
    overlays = workflow.overwrite_configfiles
    files = dict.fromkeys(map(Path, [defaults, *(file for file in workflow.configfiles if file not in overlays)]))
    documents = [read_document(file, None if main else whole, name) for file in [*files, *overlays]]
    update_config(whole, given)
    if main:  # Snakemake hands --config to jobs without its quotes, so that they would read it otherwise
        if workflow.is_main_process:
            environ["CONFIG_OF_THE_COMMAND"] = json.dumps(dict(workflow.config_settings.config))
        update_config(whole, json.loads(environ.get("CONFIG_OF_THE_COMMAND", "{}")))
    check(whole, schema, name, documents)
    whole["mirror"] = mirror_place(whole["mirror"])
    return expanded(whole, schema, name)


try:
    config = configured(config)
    REGISTRY = load_registry(BASE / "config/datasets.yaml")
    RESULTS = f"results/{config['run']}"
    if workflow.is_main_process:
        assert_usable(BASE, Path.cwd(), sys.executable)
        assert_writable(".", ask_only=True)  # where Snakemake keeps its records
except InputError as error:
    raise WorkflowError(str(error)) from None


onstart:
    try:
        for folder in (".", RESULTS):
            assert_writable(folder)
        for path in bring_back([Path(RESULTS), Path(SOURCES), BASE / "scripts", BASE / "config"]):
            logger.warning(f"{path}: was changed in the future; now it counts as changed at this moment")
        assert_at_hand()
    except InputError as error:
        raise WorkflowError(str(error)) from None
    tell(snakemake=version("snakemake"), arguments=sys.argv, executor=workflow.executor_plugin.name)
    if workflow.local_exec:
        # Snakemake's limit of jobs per second has it look for jobs once a second more with every job that ends, until
        # that is all it does. Here the cores limit jobs.
        workflow.scheduler.job_rate_limiter = None


SIMULATED = config["data"] == "simulated"
# Published files are the same for all runs; simulated ones depend on the config of theirs.
SOURCES = f"{RESULTS}/sources" if SIMULATED else str(Path(config["sources"]))
if Path(RESULTS).absolute() == Path(SOURCES).absolute():
    raise WorkflowError(f"run: {config['run']} is the folder of sources; give another name")
SCRIPT_MB, PER_INPUT = 1000, 20.0  # of a script, and of it for each MB of its inputs, where a rule asks for no memory
SNAKEMAKE_MB = 300  # of the two processes of Snakemake around a script in a job of Slurm: 215 were seen
FIGURE_FILES = ("svg", "png", "tsv")


onerror:
    logger.error(f"Stopped: the reason is above and in {RESULTS}/logs. Mend it and start the same command again.")


def source(dataset, name):
    """Where a published file of a dataset stands once fetched (or simulated)."""
    return f"{SOURCES}/{dataset}/{name}"


def receipts(*files):
    """The receipts of fetched files: a consumer asks for them too, so that a file put in place by hand is verified."""
    return [] if SIMULATED else [f"{file}.receipt.yaml" for file in files]


def published(dataset, **files):
    """What the registry says of files that are read, each under the reader's name for it; nothing of simulated data.

    Given as params, since the registry is no input: a new address or note in it makes nothing again.
    """
    known = {} if SIMULATED else REGISTRY[dataset].files
    return {name: known[Path(file).name].known for name, file in files.items() if Path(file).name in known}


def standing(*files):
    """How fetched files stand to the paper's, by the registry alone; readers ask of the content too (write_scope)."""
    known = [REGISTRY.file(*Path(file).parts[-2:]) for file in files]
    if any(file.stand_in for file in known):
        return STAND_IN
    return COMPLETE if all(file.digest for file in known) else UNKNOWN


def tables(folder, *names, **others):
    """Tables of a folder by their names, and others by the names that the script has for them."""
    return {name: f"{folder}/{table}.tsv" for name, table in (dict(zip(names, names)) | others).items()}


def code(*files):
    """The name and hash, as params, of each of the project's files that ``files`` (below scripts/) run and read.

    Every rule gets those of its script in the Snakefile; a rule that runs a method by its name adds the method's.
    """
    return fingerprints(*(SCRIPTS / file for file in files))


def complete(step):
    """Give a rule that runs a script of ours the script's files as params (see ``code``), since Snakemake itself looks
    at the script alone; the environment of the core, if it names none; and memory, if it asks for none.

    The fetching of files has no such params: files are known by their content.
    """
    script = step.script and Path(step.basedir.join(step.script).get_path_or_uri(secret_free=True)).resolve()
    if not script or not script.is_relative_to(SCRIPTS):
        return
    if script != SCRIPTS / "sources/fetch.py":
        step.set_params(*fingerprints(script))
    step.conda_env = step.conda_env or "../envs/core.yaml"
    if "mem_mb" not in step.resources:
        step.resources["mem_mb"] = scaled(SCRIPT_MB, PER_INPUT)


def logs(name):
    """The log of a step, and beside it what it used: time, processor time and peak memory (see running/usage.py)."""
    return {"text": f"{RESULTS}/logs/{name}.log", "usage": f"{RESULTS}/usage/{name}.json"}


def scaled(megabytes, per_input=1.0):
    """Memory in MB: a script's (a number, or a function of the wildcards), its input's, and more with each attempt."""

    def needed(wildcards, input, attempt):
        base = megabytes(wildcards) if callable(megabytes) else megabytes
        return int((SNAKEMAKE_MB + base + per_input * input.size_mb) * attempt)

    return needed


def minutes(limit):
    """Run time in minutes that grows with each attempt, for what can take longer than the profile's default."""
    return lambda wildcards, attempt: limit * attempt
