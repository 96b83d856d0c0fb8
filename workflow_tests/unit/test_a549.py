"""Kernels by hand, domains by brute force, Schema's weights on planted genes, and what tables say of planted truths."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from a549_files import settings
from anndata import AnnData
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_matrix

from a549.claims import domain_claims, expression_values
from a549.figures.figure_a549 import draw
from a549.kernels import CROSSING, kernel_table, summed, value
from a549.names import ALL, OBSERVED, OVER_GENES, WITHIN_CHROMOSOMES, at_shown
from a549.places import domains_of, pairs_near
from a549.planted import of_tables, of_truth, shown_weights
from a549.simulate import sources
from a549.simulate.sources import TADS, simulate, small
from a549.tads import pairs_in_domains, random_sets, share, shared_domains
from a549.weights import fits, unit_rows
from evaluation.values import PartValues
from evaluation.verdict import REPRODUCED

SHOWN = {"min_correlation": 0.5, "max_weight_ratio": 5}


def test_kernels_are_those_of_the_config_and_each_distance_has_one_window():
    keys = settings()
    kernels = kernel_table(keys["windows"], keys["scales"])
    assert kernels["name"].is_unique
    windows = kernels[kernels["kind"] == "window"]
    assert windows["name"].tolist()[5:9] == [
        "500 bp-2 kb upstream",
        "0-500 bp upstream",
        CROSSING,
        "0-500 bp downstream",
    ]
    distances = np.array([-19_999_999, -2000, -1999, -500, -499, -1, 0, 1, 499, 500, 2000, 19_999_999])
    inside = np.array([value(kernel, distances) for kernel in windows.to_dict("records")])
    np.testing.assert_array_equal(inside.sum(axis=0), 1)
    assert windows["name"].to_numpy()[inside.argmax(axis=0)].tolist()[1:6] == [
        "2 kb-20 kb upstream", *["500 bp-2 kb upstream"] * 2, *["0-500 bp upstream"] * 2,
    ]  # fmt: skip
    assert value(windows.iloc[0].to_dict(), np.array([-20_000_000]))[0] == 0


@pytest.mark.parametrize("side", [-1, 1])
def test_a_radial_kernel_falls_on_its_side_and_is_nothing_on_the_other(side):
    kernel = {"kind": "radial", "side": side, "low": 0, "high": 1000}
    found = value(kernel, side * np.array([0, 1000, 2000, -1, -1000]))
    np.testing.assert_allclose(found, [1, np.exp(-0.5), np.exp(-2), 0, 0])


def test_pairs_near_are_those_of_a_loop_over_both_strands():
    rng = np.random.default_rng(0)
    genes = pd.DataFrame({"chrom": rng.choice(["chr1", "chr2"], 30), "tss": rng.integers(0, 5000, 30)})
    genes["strand"] = rng.choice(["+", "-"], 30)
    peaks = pd.DataFrame({"chrom": rng.choice(["chr1", "chr2"], 50), "start": rng.integers(0, 5000, 50)})
    peaks["end"] = peaks["start"] + rng.integers(1, 300, 50)
    expected = set()
    for i, gene in genes.iterrows():
        for j, peak in peaks[peaks["chrom"] == gene["chrom"]].iterrows():
            bases = np.arange(peak["start"], peak["end"]) - gene["tss"]
            nearest = bases[np.abs(bases).argmin()] if not (bases == 0).any() else 0
            if bases.max() >= -800 and bases.min() < 800:
                expected.add((i, j, nearest * (1 if gene["strand"] == "+" else -1)))
    found = pairs_near(genes, peaks, 800)
    assert set(found.itertuples(index=False, name=None)) == expected
    features = summed(pd.DataFrame([{"kind": "window", "side": 0, "low": 0, "high": 0}]), found, np.ones(50), 30)
    assert features.sum() == sum(distance == 0 for _, _, distance in expected)


def test_a_start_lies_in_its_domain_and_the_end_of_a_domain_is_outside():
    genes = pd.DataFrame({"chrom": ["chr1"] * 4, "tss": [9, 10, 19, 20]}, index=list("abcd"))
    tads = pd.DataFrame({"chrom": ["chr1", "chr1", "chr2"], "start": [10, 15, 0], "end": [20, 25, 99]})
    found = domains_of(genes, tads).to_numpy().tolist()
    assert sorted(map(tuple, found)) == [("b", 0), ("c", 0), ("c", 1), ("d", 1)]


@given(arrays(bool, (7, 5)), arrays(bool, 7))
def test_the_share_of_pairs_is_that_of_a_loop(inside, chosen):
    gene, tad = np.nonzero(inside)
    if not len(gene):
        return
    pairs = pairs_in_domains(pd.Series(gene), pd.Series(tad))
    known = max(gene) + 1
    chosen = chosen[:known]
    asked = list(combinations(np.flatnonzero(chosen), 2))
    expected = sum((inside[a] & inside[b]).any() for a, b in asked) / max(len(asked), 1)
    assert share(chosen[None], pairs)[0] == pytest.approx(expected)


@given(st.lists(st.integers(0, 3), min_size=4, max_size=30), st.integers(0, 99))
def test_random_sets_have_as_many_of_each_group(groups, seed):
    rng = np.random.default_rng(seed)
    groups = np.unique(groups, return_inverse=True)[1]
    chosen = rng.random(len(groups)) < 0.4
    for one in random_sets(chosen, groups, 3, rng):
        np.testing.assert_array_equal(np.bincount(groups, one), np.bincount(groups, chosen))


def places(together: bool) -> pd.DataFrame:
    """120 genes in 30 domains on three chromosomes; the first quartile in its own domains, or dealt anywhere."""
    rng = np.random.default_rng(3)
    tad = np.arange(120) // 4 if together else rng.integers(0, 30, 120)
    quartile = np.repeat([1.0, 2.0], 60) if together else rng.permutation(np.repeat([1.0, 2.0], 60))
    tad[60:] = rng.permutation(tad[60:] if not together else rng.integers(15, 500, 60))
    genes = [f"g{i}" for i in range(120)]
    return pd.DataFrame({"gene": genes, "chrom": [f"chr{one % 3}" for one in tad], "tad": tad, "quartile": quartile})


def test_genes_that_share_domains_are_told_from_genes_that_do_not():
    table = shared_domains(places(together=True), 200, 0).set_index(["set", "random"])
    own = table.loc["quartile 1"]
    assert (own["p"] == 1 / 201).all()
    assert (own["share"] == 15 * 6 / (60 * 59 / 2)).all()
    assert (table.loc["quartile 2", "p"] > 0.5).all()
    assert ALL in table.index  # against itself: no gene is unmeasured
    nothing = shared_domains(places(together=False), 200, 0)
    assert (nothing["p"] > 0.01).all()


def genes_of(follows: str) -> AnnData:
    """240 genes on four chromosomes, whose expression follows one feature of three, or none."""
    rng = np.random.default_rng(5)
    features = rng.gamma(1.0, size=(240, 3))
    level = {"first": features[:, 0], "none": rng.gamma(1.0, size=240)}[follows]
    expression = rng.random((240, 40)) < np.clip(level, 0, 3)[:, None] / 3
    obs = pd.DataFrame({"chrom": rng.choice(list("abcd"), 240), "quartile": 1}, index=[f"g{i}" for i in range(240)])
    var = pd.DataFrame({"kind": "window", "side": [-1, 0, 1], "low": 0, "high": [500, 0, 500]}, index=list("xyz"))
    features = np.column_stack([features / features.std(axis=0), np.full(240, 0.5)])
    var.loc["empty"] = ["window", 1, 500, 2000]
    return AnnData(features, obs=obs, var=var, obsm={"expression": csr_matrix(expression.astype(float))})


@pytest.mark.parametrize("follows", ["first", "none"])
def test_schema_finds_the_feature_that_expression_follows_and_nothing_where_there_is_none(follows):
    weights, correlations = fits(genes_of(follows), settings(shuffles=8), seed=0)
    found = shown_weights(weights, SHOWN)
    own = found[found["order"] == OBSERVED].set_index("kernel")["weight"]
    rows = at_shown(correlations, SHOWN).query("expression == 'sorted'").set_index("order")["after"]
    above = rows[OBSERVED] > max(rows[OVER_GENES].max(), rows[WITHIN_CHROMOSOMES].max())
    assert above == (follows == "first")
    assert np.isnan(own["empty"])
    assert own.drop("empty").mean() == pytest.approx(1)
    if follows == "first":
        assert own["x"] > 2 > 0.5 > own[["y", "z"]].max()
    assert (correlations["kept"] > correlations["s"] - 1e-6).all()
    assert len(correlations) == 2 * (9 + 2 * 8)
    values = pd.DataFrame(expression_values(correlations, SHOWN))
    assert set(values["id"]) == {"control.own_expression", "control.shuffled_expression"}


def test_rows_have_length_1_and_sorting_forgets_which_cells():
    rows = np.array([[0.0, 3, 4], [4, 0, 3], [0, 0, 0]])
    np.testing.assert_allclose(unit_rows(rows, "sorted"), [[0, 0.6, 0.8], [0, 0.6, 0.8], [0, 0, 0]])
    np.testing.assert_allclose(unit_rows(rows, "by cell")[:2], [[0, 0.6, 0.8], [0.8, 0, 0.6]])


def test_the_ledger_holds_the_first_quartile_against_random_sets():
    control = "control.random_sets"
    claim = {"kind": "order", "paper": "more", "direction": f"above {control}", "control": control}
    claim["primary"] = {"set": "quartile 1", "background": "measured genes"}
    table = pd.DataFrame(domain_claims(shared_domains(places(together=True), 200, 0)))
    part = PartValues("a549", table, {"a549.tads": claim})
    judged = part.judged(claim, part.rows("a549.tads")[part.primary("a549.tads")], "complete")
    assert judged["verdict"] == REPRODUCED
    assert judged["above_control"] == "yes"


def test_equal_seeds_give_equal_files_and_programmes_fill_domains(tmp_path, monkeypatch):
    truth = simulate(tmp_path / "a", 1, small(cells=50, genes=100))
    monkeypatch.setattr(sources, "BLOCK", 3_000)  # however few counts are drawn at once
    simulate(tmp_path / "b", 1, small(cells=50, genes=100))
    for file in (tmp_path / "a" / "a549").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / "a549" / file.name).read_bytes(), file.name
    simulate(tmp_path / "c", 2, small(cells=50, genes=100))
    assert (tmp_path / "a/a549" / TADS).read_bytes() != (tmp_path / "c/a549" / TADS).read_bytes()
    assert [len(one) for one in truth.programmes] == [5] * 5


def test_counts_follow_level_activity_and_depth():
    active, kind = np.array([[1.0, 4.0]] * 400), np.repeat([0, 1], 50)
    level = np.tile([1.0, 3.0], 50)
    counts = sources.expressed(active, kind, level, 500.0, np.random.default_rng(0)).toarray()
    assert counts.sum(axis=1).mean() == pytest.approx(500, rel=0.1)
    found = counts.sum(axis=0) / counts.sum()
    assert found == pytest.approx(active[0][kind] * level / 500, rel=0.1)


def test_the_figure_shows_every_kernel_and_set():
    weights, correlations = fits(genes_of("first"), settings(), seed=0)
    shared = shared_domains(places(together=True), 100, 0)
    figure, data = draw(weights, correlations, shared, SHOWN)
    assert [axes.get_title() for axes in figure.axes] == [""] * len(figure.axes)
    assert set(data["panel"]) >= {"a", "c", "d"}
    assert set(data["series"]) >= set(correlations["set"]) | set(shared["set"])
    assert set(data.loc[data["panel"] == "a", "kernel"]) == {"x", "y", "z", "empty"}


def test_a_truth_that_is_not_there_is_not_found():
    table = shared_domains(places(together=False), 200, 0)
    weights, correlations = fits(genes_of("none"), settings(shuffles=8), seed=0)
    found = pd.DataFrame(of_tables(at_shown(correlations, SHOWN), table))
    assert found["recovered"].tolist() == ["no", "no", "yes"]  # the last: genes that do not vary lie anywhere
    genes = pd.DataFrame(
        {"gene": [f"g{i}.1" for i in range(120)], "variability": np.random.default_rng(0).permutation(120)}
    )
    truth = {"promoter": [-450, 0], "programmes": [["g0", "g1"], ["g2", "g3"]]}
    rows = pd.DataFrame(of_truth(truth, genes, places(together=False), shown_weights(weights, SHOWN)))
    assert (rows["recovered"] == "no").all()
