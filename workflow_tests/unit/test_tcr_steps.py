"""The three scripts as the workflow runs them: simulate, preprocess, and score the motifs."""

import json
import logging
import runpy
from itertools import chain
from pathlib import Path

import pandas as pd
import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


class Named(list):
    """What Snakemake gives a script: a flat list of which one item, or several in a row, may also have a name."""

    def __init__(self, *items, **named):
        groups = (value if isinstance(value, list) else [value] for value in named.values())
        super().__init__([*items, *chain.from_iterable(groups)])
        self.__dict__.update(named)

    def __getitem__(self, key):
        return getattr(self, key) if isinstance(key, str) else super().__getitem__(key)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Run a script's guard; the logging that it sets up for its own process is undone."""
    log = tmp_path_factory.mktemp("log") / "log.txt"
    handlers = logging.getLogger().handlers[:]

    def run(script, **fields):
        job = type("Job", (), {"log": [log], "rule": "test", "threads": 1, "params": Named(), "input": Named()})()
        vars(job).update(fields)
        try:
            runpy.run_path(str(SCRIPTS / script), init_globals={"snakemake": job}, run_name="__main__")
        finally:
            logging.captureWarnings(False)
            for handler in set(logging.getLogger().handlers) - set(handlers):
                handler.close()
            logging.getLogger().handlers[:] = handlers

    return run


@pytest.fixture(scope="module")
def simulated(run, tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulated")
    donors = [folder / "tcr_10x" / f"vdj_v1_hs_aggregated_donor{n}_binarized_matrix.csv" for n in (1, 2)]
    motifs = folder / "vdjdb" / "motif_pwms-2018-12-07.txt"
    params = Named(seed=1, cells_per_donor=[200, 100], motif_files=[motifs.name])
    run("tcr/simulate/sources.py", output=Named(*donors, motifs), params=params)
    return donors, motifs


def test_cells_and_chains_agree(run, simulated, tmp_path):
    outputs = Named(
        cells=tmp_path / "c.parquet",
        chains=tmp_path / "h.parquet",
        summary=tmp_path / "s.tsv",
        scope=tmp_path / "o.tsv",
    )
    params = Named(quantile=0.975, markers=["CD19", "CD4", "CD14"], both_chains=True, binder=True, published={})
    run("tcr/preprocess.py", input=Named(donors=simulated[0]), output=outputs, params=params)
    cells, chains = pd.read_parquet(outputs.cells), pd.read_parquet(outputs.chains)
    assert cells["cell"].tolist() == list(range(len(cells)))
    assert len(cells["ligand"].cat.categories) == 44
    assert chains.groupby("cell")["chain"].agg(set).map({"TRA", "TRB"}.__eq__).all()
    expected = cells.loc[chains["cell"], ["donor", "ligand"]].reset_index(drop=True)
    assert chains[["donor", "ligand"]].equals(expected)
    summary = pd.read_csv(outputs.summary, sep="\t", keep_default_na=False)
    assert summary.query("quantity == 'cells_kept' and group == 'all'")["value"].tolist() == [len(cells)]
    kept = summary.query("quantity == 'chains_kept' and group == 'all'")["value"].sum()
    assert kept == len(chains)


def test_motif_tables_are_written(run, simulated, tmp_path):
    outputs = Named(**{name: tmp_path / f"{name}.tsv" for name in ("locations", "residues", "lengths", "scope")})
    params = Named(build="2018-12-07", published={}, segments={"TRA": [3, 7], "TRB": [5, 11]}, absent="skip")
    run("tcr/vdjdb.py", input=Named(motifs=simulated[1]), output=outputs, params=params)
    tables = [pd.read_csv(path, sep="\t") for path in list(outputs)[:3]]
    assert [list(table) for table in tables] == [
        ["gene", "location", "score", "motifs", "build"],
        ["residue", "score", "build"],
        ["gene", "motifs", "mean_len", "mean_last_position", "build"],
    ]
    assert set(tables[0]["gene"]) == {"TRA", "TRB"}
    assert len(tables[1]) == 20


def test_bad_input_ends_with_one_line_and_no_output(run, tmp_path, capfd):
    page = tmp_path / "donor1.csv"
    page.write_text("<html>")
    outputs = Named(
        cells=tmp_path / "c.parquet",
        chains=tmp_path / "h.parquet",
        summary=tmp_path / "s.tsv",
        scope=tmp_path / "o.tsv",
    )
    with pytest.raises(SystemExit):
        run("tcr/preprocess.py", input=Named(donors=[page]), output=outputs, params=Named(published={}))
    shown = capfd.readouterr().err.strip().splitlines()
    assert len(shown) == 1
    assert "a page of HTML" in shown[0]
    assert not any(Path(path).exists() for path in outputs)


def test_the_simulator_does_not_claim_files_it_does_not_write(run, tmp_path):
    params = Named(seed=1, cells_per_donor=[5], motif_files=[])
    with pytest.raises(SystemExit):
        run("tcr/simulate/sources.py", output=Named(tmp_path / "tcr_10x" / "donor9.csv"), params=params)
    assert json.loads((tmp_path / "tcr_10x" / "truth.json").read_text())["seed"] == 1
