"""Fetching as the workflow does it: what is made again and what is not, and that no password is written anywhere."""

import base64
import sys

import pytest
import yaml
from conftest import REPOSITORY, config_of, snakemake

sys.path.insert(0, str(REPOSITORY / "workflow_tests" / "unit"))
from misbehaving_server import MisbehavingServer, plain, status

DONOR = "tcr_10x/vdj_v1_hs_aggregated_donor1_binarized_matrix.csv"
TERMS, BODY = "gene_ontology/go-basic.obo", b"format-version: 1.2\n\n[Term]\nid: GO:0000001\n"
SOURCES = "results/sources"
PASSWORD = "s3cr3t"


def fetch(folder, *arguments, mirror, attempts=1, timeout=5, files=(TERMS,), check=True, **environment):
    settings = {"mirror": str(mirror), "fetch": {"attempts": attempts, "timeout_seconds": timeout}}
    (folder / "mine.yaml").write_text(yaml.safe_dump(settings))
    targets = [f"{SOURCES}/{file}" for file in files]
    given = ["--configfile", config_of("real"), "mine.yaml", *arguments, "--", *targets]
    dead = {"https_proxy": "http://127.0.0.1:9", "http_proxy": "", "NO_PROXY": ""}
    return snakemake(*given, folder=folder, check=check, **dead, **environment)


@pytest.fixture
def mirror(tmp_path):
    for name, content in ((TERMS, BODY), (DONOR, b"not,the published\nfile,\n")):
        path = tmp_path / "a mirror" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    return tmp_path / "a mirror"


def test_right_and_wrong(tmp_path, mirror):
    done = fetch(tmp_path, "--keep-going", mirror="${PLACE}/a mirror", files=[TERMS, DONOR], check=False, PLACE=".")
    assert done.returncode != 0
    sources = tmp_path / SOURCES
    assert (sources / TERMS).read_bytes() == BODY
    receipt = yaml.safe_load((sources / f"{TERMS}.receipt.yaml").read_text())
    assert (receipt["file"], receipt["bytes"], receipt["origin"]) == (TERMS, len(BODY), "the mirror")
    assert receipt["verified"] == "sha256 of its first download (pins.yaml)"
    assert yaml.safe_load((sources / "pins.yaml").read_text())[TERMS]["sha256"] == receipt["sha256"]
    assert not (sources / DONOR).exists()
    assert f"{SOURCES}/{DONOR}: not fetched; expected md5 48c1693b9b8a1608519639023395b3d5" in done.stderr
    assert "asked through the proxy http://127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr
    assert f"{DONOR}: not fetched" in (tmp_path / "results/real/logs/sources.log").read_text()


def test_another_mirror_and_more_patience_make_nothing_again(tmp_path, mirror):
    fetch(tmp_path, mirror=mirror)
    done = fetch(tmp_path, "--dry-run", mirror="elsewhere", attempts=9, timeout=99)
    assert "Nothing to be done" in done.stdout + done.stderr


def assert_without_password(folder, done):
    words = [PASSWORD.encode(), base64.b64encode(f"user:{PASSWORD}".encode())]
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        assert not any(word in path.read_bytes() for word in words), path
    assert PASSWORD not in done.stdout + done.stderr


def test_a_password_of_netrc_opens_the_mirror_and_is_written_nowhere(tmp_path, tmp_path_factory):
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text(f"machine 127.0.0.1 login user password {PASSWORD}\n")
    with MisbehavingServer() as server:

        def closed(handler):
            known = handler.headers.get("Authorization") == "Basic " + base64.b64encode(b"user:s3cr3t").decode()
            return (plain(BODY) if known else status(401))(handler)

        place = server.at(f"/lab/{TERMS}", closed).removesuffix(f"/{TERMS}")
        refused = fetch(tmp_path, mirror=place, check=False)
        assert (
            f"{place}/{TERMS}: HTTP status 401 Unauthorized, a name and password in ~/.netrc may help" in refused.stderr
        )
        done = fetch(tmp_path, "--printshellcmds", mirror=place, NETRC=str(netrc))
    assert (tmp_path / SOURCES / TERMS).read_bytes() == BODY
    assert_without_password(tmp_path, done)


@pytest.mark.parametrize("arguments", [(), ("--dry-run",)])
@pytest.mark.parametrize("mirror", ["http://user:s3cr3t@127.0.0.1:9/m", "$LAB", ["http://user:s3cr3t@127.0.0.1:9/m"]])
def test_a_password_in_the_config_is_refused_and_not_repeated(tmp_path, mirror, arguments):
    given = ["--config", f"mirror={mirror}", *arguments, "--", f"{SOURCES}/{TERMS}"]
    lab = {"LAB": f"http://user:{PASSWORD}@127.0.0.1:9/m"}
    done = snakemake("--configfile", config_of("real"), *given, folder=tmp_path, check=False, **lab)
    assert done.returncode != 0
    assert ("at mirror: " if isinstance(mirror, list) else "~/.netrc") in done.stdout + done.stderr
    assert_without_password(tmp_path, done)
