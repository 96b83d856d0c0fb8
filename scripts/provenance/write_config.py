"""The merged config of a run, from which it can be run again; without places on one machine."""

from pathlib import Path

import yaml

from running import step, whole_file
from running.told import told

USUAL = "results/sources"
HEAD = (
    "# The config of this run, every key. A mirror and a folder of sources are not written down: give yours, or\n"
    "# files are downloaded. Of a container that is a file only its name is.\n"
)


def write_config(config: dict, saved: Path) -> None:
    """Write ``config`` as YAML: its mirror null, the sources in the usual place, its container without its folder."""
    container = config["container"]
    places = {
        "mirror": None,
        "sources": USUAL,
        "container": container if not container or "://" in container else Path(container).name,
    }
    with whole_file(saved) as part:
        text = yaml.safe_dump(config | places, sort_keys=False, allow_unicode=True)
        part.write_text(HEAD + text, encoding="utf-8")


if __name__ == "__main__":
    with step(snakemake):
        write_config(
            snakemake.params.config | {key: told()[key] for key in ("fetch", "verify_inputs")},
            Path(snakemake.output[0]),
        )
