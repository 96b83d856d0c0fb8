"""The Snakemake script that fetches, run by Snakemake: one file that is right, and one that is not."""

import os
import subprocess
import sys

import yaml
from fetching import BODY, MD5, OTHER, OTHER_MD5, SCRIPTS

RULE = """
rule all:
    input: "sources/toy/right.bin", "sources/toy/wrong.bin"

rule fetch:
    output: file=update("sources/{{dataset}}/{{name}}"), receipt="sources/{{dataset}}/{{name}}.receipt.yaml"
    log: "logs/{{dataset}}/{{name}}.log"
    wildcard_constraints: name=r".*\\.bin"
    params: dataset="{{dataset}}", name="{{name}}", registry="datasets.yaml", mirror="mirror", pins="pins.yaml",
        attempts=2, timeout=5.0
    script: {script!r}
"""


def test_right_and_wrong(tmp_path):
    files = {name: {"addresses": [f"http://127.0.0.1:9/{name}"], "md5": MD5} for name in ("right.bin", "wrong.bin")}
    about = {"title": "t", "licence": "l", "citation": "c", "access": "open"}
    (tmp_path / "datasets.yaml").write_text(yaml.safe_dump({"toy": {**about, "files": files}}))
    (tmp_path / "Snakefile").write_text(RULE.format(script=str(SCRIPTS / "sources" / "fetch_file.py")))
    mirror, sources = tmp_path / "mirror" / "toy", tmp_path / "sources" / "toy"
    mirror.mkdir(parents=True)
    (mirror / "right.bin").write_bytes(BODY)
    (mirror / "wrong.bin").write_bytes(OTHER)

    environment = {**os.environ, "PYTHONPATH": str(SCRIPTS), "NO_PROXY": "127.0.0.1"}
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--keep-going", "--quiet", "all"]
    finished = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert finished.returncode != 0
    assert (sources / "right.bin").read_bytes() == BODY
    receipt = yaml.safe_load((sources / "right.bin.receipt.yaml").read_text())
    assert (receipt["file"], receipt["licence"], receipt["bytes"]) == ("toy/right.bin", "l", len(BODY))
    assert (receipt["origin"], receipt["address"]) == ("the mirror", "http://127.0.0.1:9/right.bin")
    assert receipt["verified"] == "md5 of the registry"
    assert not (sources / "wrong.bin").exists()
    expected = f"not fetched; expected md5 {MD5}; mirror/toy/wrong.bin: found md5 {OTHER_MD5}"
    assert expected in finished.stderr
    assert "Traceback" in (tmp_path / "logs" / "toy" / "wrong.bin.log").read_text()
