"""The paper's full run against publishers on this machine: ``make rehearsal``, or rehearse.py --help.

Writes the publishers' files, serves them, and runs the default config with addresses of this machine: in FOLDER are
published/ (the files), workflow/ (a copy with these addresses), and results/. Then what each rule took is drawn, and
planted.tsv says what of the planted truths was found.
"""

import argparse
import json
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import yaml

from configuration.strict_yaml import read_yaml
from plotting import house_style
from provenance.places import ROOT, workflow_files
from rehearsal.costs import by_job, by_rule, draw
from rehearsal.publish import publish
from rehearsal.serve import serving
from running import InputError, read_table, write_table

logger = logging.getLogger(__name__)


def copy_with(registry: dict, copy: Path) -> None:
    """A copy of the workflow that has the addresses of ``registry``; the rest is as it is here."""
    overlays = [path.relative_to(ROOT).as_posix() for path in (ROOT / "config").glob("*.yaml")]
    for name in {*workflow_files(ROOT), *overlays}:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, copy / name)
    (copy / "config/datasets.yaml").write_text(yaml.safe_dump(registry, sort_keys=False, allow_unicode=True))


def put_by_hand(folder: Path, registry: dict) -> None:
    """What a user does with files that have no address: from published/ into the folder of sources."""
    for dataset, entry in registry.items():
        for name, file in entry["files"].items():
            published, place = folder / "published" / dataset / name, folder / "results/sources" / dataset / name
            if "addresses" not in file and published.is_file() and not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                os.link(published, place)


def rehearse(folder: Path, fraction: float, mirror: Path | None, arguments: list[str]) -> int:
    """Write the files unless they are there, serve them, and run Snakemake; returns its exit code."""
    defaults = read_yaml(ROOT / "config/config.yaml")
    said = folder / "published/fraction.json"
    if said.is_file() and json.loads(said.read_text()) != fraction:
        raise InputError(folder, f"its files are {said.read_text()} of the published size", "name another folder")
    if not said.is_file():
        publish(folder / "published", defaults["seed"], fraction, defaults, mirror)
        said.write_text(json.dumps(fraction))
    with serving(folder / "published", read_yaml(ROOT / "config/datasets.yaml")) as registry:
        copy_with(registry, folder / "workflow")
        put_by_hand(folder, registry)
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(folder.absolute() / "workflow/Snakefile")]
        command += ["--directory", str(folder), "--rerun-incomplete", *arguments]
        here = {
            "no_proxy": "127.0.0.1",
            "NO_PROXY": "127.0.0.1",
            "PYTHONPATH": str(folder.absolute() / "workflow/scripts"),
        }
        return subprocess.run(command, env=os.environ | here).returncode


def main() -> int:
    """The command line."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fraction", type=float, default=1.0, help="of the published sizes (default: 1)")
    parser.add_argument(
        "--mirror", type=Path, help="a folder with the real T cells and motifs, taken where it has them"
    )
    parser.add_argument("--run", default="full", help="the name of the run, as in the config that is given")
    parser.epilog = "what stands after -- is for Snakemake"
    end = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    given, arguments = parser.parse_args(sys.argv[1:end]), sys.argv[end + 1 :]
    given.folder.mkdir(parents=True, exist_ok=True)
    code = rehearse(given.folder, given.fraction, given.mirror, arguments)
    results = given.folder / "results" / given.run
    if code == 0 and (results / "run_times.tsv").is_file():
        each = by_job(json.loads((results / "jobs.json").read_text()), results)
        write_table(each, given.folder / "jobs.tsv")
        table = by_rule(each)
        with house_style():
            draw(table, given.folder, given.fraction)
        tables = {path.stem: read_table(path, text=True) for path in sorted((results / "planted").glob("*.tsv"))}
        if tables:  # real files have nothing planted
            write_table(pd.concat(tables, names=["part", None]).reset_index("part"), given.folder / "planted.tsv")
        for part, effects in tables.items():
            print(f"{part}: {(effects['recovered'] == 'yes').sum()} of {len(effects)} planted effects found")
        print(table.head(15).to_string(index=False))
    return code


if __name__ == "__main__":
    try:
        sys.exit(main())
    except InputError as error:
        sys.exit(str(error))
