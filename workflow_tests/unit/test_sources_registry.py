"""The registry of sources: what is shipped is valid and described, and what is misspelt is named."""

import ast
import gzip
import hashlib
import re
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import anndata
import pytest
import yaml

from running import InputError
from sources.registry import SCHEMA, Member, load_registry

SHIPPED = Path(__file__).resolve().parents[2] / "config" / "datasets.yaml"
FILE = {"addresses": ["https://example.org/toy.bin"], "md5": "0" * 32, "bytes": 9, "shape": [3, 2], "note": "n"}
FILE["members"] = {"in.csv": {"sha256": "1" * 64, "bytes": 5, "shape": [4, 1]}, "b": {"bytes": 7}}
DATASET = {"title": "t", "licence": "l", "citation": "c", "access": "open", "files": {"toy.bin": FILE}}
MANUAL = {**DATASET, "access": "manual", "files": {"toy.bin": {}}}


@pytest.fixture
def load(tmp_path):
    def written(content):
        path = tmp_path / "datasets.yaml"
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
        return load_registry(path)

    return written


def test_shipped():
    registry = load_registry(SHIPPED)
    rows = [entry.shape[0] for entry in registry["tcr_10x"].files.values()]
    assert rows == [46526, 77854, 37824, 27308]
    for entry in registry["tcr_10x"].files.values():
        assert (len(entry.addresses), entry.algorithm, entry.shape[1]) == (2, "md5", 118)
        assert all(entry.name in address for address in entry.addresses)
    tarball = next(iter(registry["fly_brain"].files.values()))
    matrix = tarball.members["matrix.mtx"]
    assert (matrix.shape, matrix.size) == ((17473, 56902), 941835490)
    assert all(len(member.sha256) == 64 for member in tarball.members.values())
    assert registry.file("sci_car", "GSM3271045_ATAC_mouse_kidney_peak_count.txt.gz").shape == (252741, 13395)
    for dataset in registry.values():  # what cannot be verified says so
        for entry in dataset.files.values():
            assert entry.digest or "Unverified" in entry.note, entry.key


def test_github_addresses_stay_or_are_of_a_release_that_exists():
    """A file of a repository is at a commit, but for that of scVelo's loader, of which no commit is known to us.

    VDJdb's releases about the dates of the builds are these alone.
    """
    of_scvelo = "https://github.com/theislab/scvelo_notebooks/raw/master/data/DentateGyrus/10X43_1.h5ad"
    releases = {"2018-06-04", "2019-08-08", "2020-01-20", "2020-05-20", "2021-01-10"}
    found = [file for dataset in load_registry(SHIPPED).values() for file in dataset.files.values()]
    addresses = [address for file in found for address in file.addresses if "github" in address]
    assert len(addresses) == 7
    for address in set(addresses) - {of_scvelo}:
        of_release = re.search(r"/vdjdb-db/releases/download/([^/]+)/vdjdb-\1\.zip$", address)
        assert re.search(r"/[0-9a-f]{40}/", address) or of_release[1] in releases, address


@pytest.mark.real
def test_what_is_known_of_a_file_is_right_where_the_file_is_at_hand(real_mirror):
    held = [file for dataset in load_registry(SHIPPED).values() for file in dataset.files.values() if file.digest]
    assert {file.dataset for file in held} == {"tcr_10x", "vdjdb", "gene_sets", "coassay", "a549", "velocity"}
    for file in held:
        content = (real_mirror / file.key).read_bytes()
        assert (hashlib.new(file.algorithm, content).hexdigest(), len(content)) == (file.digest, file.size), file.key
        if file.name.endswith(".h5ad"):
            assert anndata.read_h5ad(real_mirror / file.key, backed="r").shape == file.shape, file.key
        elif file.shape:
            text = gzip.decompress(content) if file.name.endswith(".gz") else content
            rows = text.splitlines()
            columns = rows[0].count(b"," if ".csv" in file.name else b"\t") + 1
            assert (len(rows) - (not file.name.endswith(".bed")), columns) == file.shape, file.key


def test_an_entry(load):
    entry = load({"toy": DATASET}).file("toy", "toy.bin")
    assert (entry.key, entry.size, entry.shape) == ("toy/toy.bin", 9, (3, 2))
    assert (entry.algorithm, entry.digest) == ("md5", "0" * 32)
    assert entry.members == {"in.csv": Member(sha256="1" * 64, size=5, shape=(4, 1)), "b": Member(None, 7, None)}
    with pytest.raises(FrozenInstanceError):
        entry.size = 10


def test_manual_needs_no_address_but_instructions(load):
    entry = load({"toy": {**MANUAL, "instructions": "log in"}}).file("toy", "toy.bin")
    assert (entry.access, entry.instructions, entry.addresses) == ("manual", "log in", ())


def test_unknown_names_get_the_nearest():
    registry = load_registry(SHIPPED)
    with pytest.raises(InputError, match=r"datasets\.yaml: has no dataset 'tcr10x'; the nearest is 'tcr_10x'"):
        registry.file("tcr10x", "x")
    with pytest.raises(InputError, match=r"no file 'motif_pwms-2020-5-18'; the nearest is 'motif_pwms-2020-05-18"):
        registry.file("vdjdb", "motif_pwms-2020-5-18")


def with_file(**changes):
    return {"toy": {**DATASET, "files": {"toy.bin": {**FILE, **changes}}}}


def without(entry, key):
    return {"toy": {name: value for name, value in entry.items() if name != key}}


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ({"toy": {**DATASET, "license": "l"}}, ["at toy:", "'license'", "'licence'"]),
        (with_file(adresses=["https://a/b"]), ["at toy.files.toy.bin:", "'adresses'", "'addresses'"]),
        (with_file(sha256="0" * 64), ["at toy.files.toy.bin:", "either sha256 or md5"]),
        (with_file(md5="abc"), ["toy.bin.md5"]),
        (with_file(md5="A" * 32), ["toy.bin.md5"]),
        (with_file(bytes="12 MB"), ["toy.bin.bytes"]),
        (with_file(bytes=0), ["toy.bin.bytes"]),
        (with_file(shape=[3]), ["toy.bin.shape"]),
        (with_file(shape=[3, 2.5]), ["toy.bin.shape.1"]),
        (with_file(addresses=[]), ["toy.bin.addresses"]),
        (with_file(addresses=["ftp://a/b"]), ["toy.bin.addresses.0", "ftp://a/b"]),
        (with_file(note=""), ["toy.bin.note"]),
        (with_file(members={}), ["toy.bin.members"]),
        (with_file(members={"in.csv": {}}), ["toy.bin.members.in.csv"]),
        (with_file(members={"in.csv": {"md5": "0" * 32}}), ["toy.bin.members.in.csv:", "'md5'"]),
        (with_file(members={"in.csv": {"sha256": "0" * 32}}), ["toy.bin.members.in.csv.sha256"]),
        (with_file(members={"../in.csv": {"bytes": 5}}), ["toy.bin.members", "../in.csv"]),
        ({"toy": {**DATASET, "files": {"toy.bin": {}}}}, ["toy.bin", "'addresses'"]),
        ({"toy": {**DATASET, "files": {"../toy.bin": FILE}}}, ["at toy.files", "../toy.bin"]),
        ({"toy": {**DATASET, "files": {}}}, ["at toy.files"]),
        ({"toy": {**DATASET, "access": "closed"}}, ["toy.access", "'closed'"]),
        ({"toy": MANUAL}, ["at toy:", "'instructions'"]),
        *[(without(DATASET, key), ["at toy:", repr(key)]) for key in DATASET],
        ({"To y": DATASET}, ["at the top", "To y"]),
        ({}, ["at the top"]),
        ("", ["at the top"]),
        ("- toy", ["at the top"]),
        ("toy: {", ["line "]),
        ("toy: 1\ntoy: 2", ["line 2", "'toy' twice"]),
        ("toy: \tx: [", ["line 1"]),
    ],
)
def test_a_mistake_is_named(load, content, names):
    with pytest.raises(InputError) as caught:
        load(content)
    message = str(caught.value)
    assert "\n" not in message
    assert [name for name in ["datasets.yaml", *names] if name not in message] == []


def test_no_registry(tmp_path):
    with pytest.raises(InputError, match=r"absent\.yaml"):
        load_registry(tmp_path / "absent.yaml")


def schemas(schema, place="top"):
    """Every schema in the schema, with its place."""
    yield place, schema
    for group in ("properties", "patternProperties", "$defs"):
        for key, inner in schema.get(group, {}).items():
            yield from schemas(inner, f"{place}.{key}")
    for group in ("items", "additionalProperties", "if", "then", "else", "not"):
        if isinstance(schema.get(group), dict):
            yield from schemas(schema[group], f"{place}.{group}")


def test_every_key_is_described_and_none_slips_through():
    found = list(schemas(yaml.safe_load(SCHEMA.read_text())))
    assert len(found) > 25
    assert [place for place, schema in found if not schema.get("description")] == []
    objects = [schema for _, schema in found if schema.get("type") == "object"]
    assert [schema.get("additionalProperties") for schema in objects] == [False] * len(objects)


def test_what_readers_are_told_are_plain_values_and_neither_notes_nor_addresses():
    """They are params of rules: a change of anything else in the registry must make nothing again."""
    registry = load_registry(SHIPPED)
    donor = registry.file("tcr_10x", "vdj_v1_hs_aggregated_donor1_binarized_matrix.csv")
    assert donor.known == {
        "file": donor.key, "stand_in": False, "shape": (46526, 118), "verified": True, "members": {}
    }  # fmt: skip
    for dataset in registry.values():
        for file in dataset.files.values():
            assert replace(file, note="another", addresses=(), instructions=None).known == file.known
            assert ast.literal_eval(repr(file.known)) == file.known
