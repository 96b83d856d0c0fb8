"""What every rules file uses: the checked config, the places of things, and what a script depends on."""

from os import environ, getpid, pathsep
import json
import logging
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger
from snakemake.utils import update_config

BASE = Path(workflow.current_basedir).parent
SCRIPTS = str(BASE / "scripts")
if SCRIPTS not in sys.path:
    sys.path.insert(0, SCRIPTS)
environ["PYTHONPATH"] = pathsep.join(
    dict.fromkeys([SCRIPTS, *filter(None, environ.get("PYTHONPATH", "").split(pathsep))])
)

from configuration.check import check, expanded
from configuration.imports import local_imports
from configuration.places import assert_usable
from configuration.strict_yaml import read_document, read_yaml
from running import InputError
from running.clock import bring_back
from running.disk import assert_writable
from running.parent import VARIABLE
from running.started import tell

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
    return expanded(whole, schema, name)


try:
    config = configured(config)
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
        for path in bring_back([Path(RESULTS), BASE / "scripts", BASE / "config"]):
            logger.warning(f"{path}: was changed in the future; now it counts as changed at this moment")
    except InputError as error:
        raise WorkflowError(str(error)) from None
    tell(workflow.executor_plugin.name)


SOURCES = f"{RESULTS}/sources"
SIMULATED = config["data"] == "simulated"
SNAKEMAKE_MB = 300  # of the two processes of Snakemake around a script in a job of Slurm: 215 were seen
FIGURE_FILES = ("svg", "png", "tsv")
FIGURES, FIGURE_CAPTIONS = {}, {}  # by part; each part's rules file adds its own


onerror:
    logger.error(f"Stopped: the reason is above and in {RESULTS}/logs. Mend it and start the same command again.")


wildcard_constraints:
    dataset=r"[a-z0-9_]+",
    file=r"[^/]+(?<!\.receipt\.yaml)",


def source(dataset, name):
    """Where a published file of a dataset stands once fetched (or simulated)."""
    return f"{SOURCES}/{dataset}/{name}"


def receipts(*files):
    """The receipts of fetched files: a consumer asks for them too, so that a file put in place by hand is verified."""
    return [] if SIMULATED else [f"{file}.receipt.yaml" for file in files]


def code(script):
    """The project's own modules that a script imports: inputs, since Snakemake follows the script alone."""
    return local_imports(BASE / "scripts" / script)


def scaled(megabytes, per_input=1.0):
    """Memory in MB: a script's, a number or a function of the wildcards, that of its input, and more with each attempt."""

    def needed(wildcards, input, attempt):
        base = megabytes(wildcards) if callable(megabytes) else megabytes
        return int((SNAKEMAKE_MB + base + per_input * input.size_mb) * attempt)

    return needed


def minutes(limit):
    """Run time in minutes that grows with each attempt, for what can take longer than the profile's default."""
    return lambda wildcards, attempt: limit * attempt


def figure_files(name, category, panels):
    """What a step that draws a figure puts out: an SVG for the report, with its caption, and the files beside it."""
    shown = report(
        f"{RESULTS}/figures/{name}.svg",
        category=category,
        caption=Path.cwd() / RESULTS / "captions" / f"{name}.rst",
        labels={"figure": panels, "data": config["data"]},
    )
    return {"svg": shown} | {suffix: f"{RESULTS}/figures/{name}.{suffix}" for suffix in ("png", "tsv")}
