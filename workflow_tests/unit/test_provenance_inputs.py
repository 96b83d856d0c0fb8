"""Places have names that hold on any machine, and inputs say what their receipts say."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from provenance.inputs import inputs
from provenance.places import Places
from running import InputError


class TestPlaces:
    @pytest.fixture
    def places(self):
        return Places("/data/jane/results/demo", "/data", "/opt/code", "/data/jane/results/sources")

    @pytest.mark.parametrize(
        ("path", "name"),
        [
            ("/data/jane/results/demo/tcr/a b.tsv", "tcr/a b.tsv"),
            ("/opt/code/scripts/x.py", "workflow/scripts/x.py"),
            ("/data/jane/results/sources/toy/a.csv", "sources/toy/a.csv"),
            ("/data/slide_seq/Puck_1/beads.csv", "mirror/slide_seq/Puck_1/beads.csv"),
        ],
    )
    def test_there_and_back(self, places, path, name):
        assert places.name(path) == name
        assert places.path(name) == Path(path)

    def test_simulated_sources_are_in_their_run(self):
        places = Places("/data/results/demo", None, "/opt/code")
        assert places.name("/data/results/demo/sources/toy/a.csv") == "sources/toy/a.csv"
        assert places.path("sources/toy/a.csv") == Path("/data/results/demo/sources/toy/a.csv")

    def test_anywhere_else_is_an_error(self, places):
        with pytest.raises(InputError, match="outside of the run"):
            places.name("/etc/passwd")

    def test_a_mirror_on_the_network_is_no_folder(self):
        with pytest.raises(InputError):
            Places("/a", "https://host/m", "/b").name("/c")


HOSTILE = "vdj b%20é#?<&\t-x.csv"


class TestInputs:
    @pytest.fixture
    def made(self, tmp_path):
        folder = tmp_path / "results" / "real" / "sources" / "toy"
        folder.mkdir(parents=True)
        (folder / HOSTILE).write_bytes(b"abc")
        receipt = {
            "file": f"toy/{HOSTILE}",
            "title": "T",
            "licence": "CC BY 4.0",
            "citation": "C (2020)",
            "address": "https://example.org/f",
            "origin": "the mirror",
            "bytes": 3,
            "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "verified": "md5 of the registry",
            "date": "2026-01-02",
        }
        (folder / f"{HOSTILE}.receipt.yaml").write_text(yaml.safe_dump(receipt, allow_unicode=True))
        return folder, Places(tmp_path / "results" / "real", None, tmp_path / "code")

    jobs = [{"inputs": [f"sources/toy/{HOSTILE}", f"sources/toy/{HOSTILE}.receipt.yaml"]}] * 2

    def test_what_the_receipt_says(self, made, tmp_path):
        inputs(self.jobs, made[1], None).to_csv(tmp_path / "inputs.tsv", sep="\t", index=False)
        (row,) = pd.read_csv(tmp_path / "inputs.tsv", sep="\t", dtype=str).to_dict("records")
        assert row["file"] == f"sources/toy/{HOSTILE}"
        assert (row["dataset"], row["bytes"], row["sha256"][:6]) == ("toy", "3", "ba7816")
        assert (row["origin"], row["licence"], row["date"]) == ("the mirror", "CC BY 4.0", "2026-01-02")
        assert row["address"] == "https://example.org/f"

    def test_a_file_that_changed_since_it_was_fetched(self, made):
        (made[0] / HOSTILE).write_bytes(b"abd")
        with pytest.raises(InputError, match=r"not ba7816.* as when it was fetched; move the file away"):
            inputs(self.jobs, made[1], None)

    def test_a_receipt_of_before_origins_were_written_down(self, made):
        receipt = made[0] / f"{HOSTILE}.receipt.yaml"
        old = {
            key: value for key, value in yaml.safe_load(receipt.read_text()).items() if key not in ("origin", "address")
        }
        receipt.write_text(yaml.safe_dump(old))
        table = inputs(self.jobs, made[1], None)
        assert list(table["origin"]) == [""]

    def test_simulated_files_have_a_seed_and_nobody_s_licence(self, made):
        table = inputs(self.jobs, made[1], "simulated, seed 3")
        assert list(table["origin"]) == ["simulated, seed 3"]
        assert list(table["licence"]) == list(table["date"]) == [""]
