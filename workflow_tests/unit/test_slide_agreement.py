"""Agreement of replicates as the ledger has it, types by their posterior, and how densely beads of high loading lie."""

import anndata
import numpy as np
import pandas as pd
import pytest
from slide_seq_files import GENE_NAMES, genes_table

from evaluation.ledger import read_claims
from evaluation.values import PartValues
from running import InputError
from slide_seq.agreement import agreement, other_pucks, paired
from slide_seq.dense import density_of_high, density_variation
from slide_seq.preprocess import probable_clusters
from slide_seq.ranking import ranking
from slide_seq.same_subset import seconds_of_schema
from slide_seq.scores import all_pairs, common_genes, mean_rankings

METHODS = pd.DataFrame(
    {"method": ["schema", "cca", "spatialde", "schema_learn"], "puck": "a", "state": "done", "reason": ""}
)
SUBSETS = {"spatialde": {"beads": 10, "genes": 40}}


@pytest.fixture(scope="module")
def rankings():
    """Three pucks: Schema's rankings agree, CCA's less, SpatialDE scores 40 genes, and one of them not in puck c."""
    rng, genes, tables = np.random.default_rng(4), genes_table(), []
    signal, often = rng.normal(size=300), genes.groupby("gene")["beads"].sum().nlargest(40).index
    for puck in "abc":
        for positions in ("observed", "shuffled"):
            about = {"positions": positions}
            for method, noise in (("schema", 0.5), ("schema_10", 0.4), ("cca", 1.0), ("cca_one_step", 1.5)):
                score = signal + rng.normal(0, noise, 300)
                tables.append(ranking(GENE_NAMES, score, method=method, **about).assign(puck=puck))
            for kind in ("granule", "other", "final"):
                score = rng.normal(size=40)
                score[7] = np.nan if puck == "c" else score[7]
                tables.append(ranking(often, score, method="spatialde", kind=kind, **about).assign(puck=puck))
    return pd.concat([*tables, mean_rankings(genes)], ignore_index=True), genes, often


@pytest.fixture(scope="module")
def pairs(rankings):
    return pd.DataFrame(all_pairs(rankings[0], rankings[1], 60))


def test_methods_are_compared_on_one_set_of_genes(rankings, pairs):
    common = common_genes(*rankings[:2], 60)
    assert set(common) == set(rankings[2]) - {rankings[2][7]}
    assert set(pairs.query("genes == 'common'")["n"]) == {39}
    assert set(pairs.query("genes == 'all' and method != 'spatialde'")["n"]) == {300}


def test_each_claim_has_one_primary_row_with_its_range_over_pairs_and_a_control(pairs):
    rows = [*agreement(pairs, METHODS, 100, SUBSETS), *paired(pairs)]
    claims = {name: one for name, one in read_claims()["slide_seq"].items() if name.startswith("robust.")}
    table = pd.DataFrame([row | {"pucks": "configured"} for row in rows])
    values = PartValues("slide_seq", table, claims)
    for name, claim in claims.items():
        if name == "robust.other_pucks":
            continue
        row = values.rows(name)[values.primary(name)]  # raises where there are two
        if name == "robust.trendsceek":
            assert row["ours"] == ""
            assert row["reason"] == "trendsceek is not among the methods of this run"
            continue
        assert (row["n"], row["over"]) == (3, "pairs of pucks")
        assert row["low"] <= row["ours"] <= row["high"]
        if "control" in claim:
            assert values.agreeing(claim["control"], row) is not None
    schema = values.rows("robust.schema")[values.primary("robust.schema")]
    expected = pairs.query("method == 'schema' and positions == 'observed' and genes == 'all'")["rho"]
    assert [schema[key] for key in ("ours", "low", "high")] == [expected.median(), expected.min(), expected.max()]
    assert values.rows("robust.spatialde")[0]["reason"] == "at most 10 beads, 40 genes of each group of cells"


def test_shuffled_positions_and_methods_without_a_claim_are_controls(pairs):
    found = {row["id"] for row in agreement(pairs, METHODS, 100, SUBSETS)}
    assert found >= {"control.shuffled_schema", "control.shuffled_cca", "control.mean_expression"}
    assert "control.shuffled_mean_expression" not in found  # it knows no positions


def test_the_paired_difference_is_of_each_pair(pairs):
    schema_above, mean_above = paired(pairs)
    rho = pairs.query("genes == 'all' and positions == 'observed' and kind == 'final'").set_index("method")["rho"]
    difference = rho["schema"].to_numpy() - rho["cca"].to_numpy()
    assert (schema_above["low"], schema_above["high"]) == (difference.min(), difference.max())
    assert schema_above["reason"] == "above CCA in 3 of 3 pairs"
    assert mean_above["id"].startswith("control.")


def test_other_pucks_are_pooled_or_said_to_be_absent(pairs):
    (absent,) = other_pucks({})
    assert absent["ours"] == ""
    assert absent["reason"]
    schema, cca, _ = other_pucks({"x": pairs, "y": pairs})
    assert schema["n"] == 6
    assert schema["ours"] > cca["ours"]


def test_types_are_the_probable_ones_of_the_puck(tmp_path):
    path = tmp_path / "types.tsv"
    path.write_text("puck\tbarcode\ttype\tposterior\np\tAA\t1\t0.95\np\tCC\t2\t0.9\np\tGG\t0\t0.99\nq\tAA\t3\t1\n")
    barcodes = pd.Index(["TT", "AA", "CC", "GG"])
    assert probable_clusters(path, "p", barcodes, 0.9).tolist() == [0, 1, 0, 0]
    assert probable_clusters(path, "p", barcodes, 0.5).tolist() == [0, 1, 2, 0]
    with pytest.raises(InputError, match="has no bead of puck r; it has p, q;"):
        probable_clusters(path, "r", barcodes, 0.9)
    with pytest.raises(InputError, match="row 3, barcode 'CC' is not in puck p"):
        probable_clusters(path, "p", pd.Index(["AA", "GG"]), 0.9)


def test_density_of_granule_beads():
    density = np.array([1.0, 2, 3, 6, 5, 5, 5, 5])
    obs = pd.DataFrame({"cluster": [1] * 4 + [2] * 4, "density_observed": density}, index=list("abcdefgh"))
    obs["granule"] = obs["cluster"] == 1
    variation = density_variation(obs, [1, 2, 3])
    assert variation[1] == pytest.approx(density[:4].std(ddof=1) / 3)
    assert variation[2] == 0
    assert np.isnan(variation[3])
    loading = pd.Series([0, 0, 9, 8, 0, 0, 0, 0.0], obs.index)  # c and d are the top quarter
    assert density_of_high(obs, loading, "observed") == pytest.approx((4.5 - 1.5) / density[:4].std(ddof=1))
    assert np.isnan(density_of_high(obs, -loading.rank() * obs["granule"], "observed"))  # none of them is high


def test_schema_runs_on_fewer_genes_than_factors():
    rng, n = np.random.default_rng(0), 80
    obs = pd.DataFrame({"x_observed": rng.uniform(0, 99, n), "y_observed": rng.uniform(0, 99, n)})
    obs["cluster"] = rng.choice([1, 2, 3], n)
    beads = anndata.AnnData(rng.poisson(2, (n, 12)).astype(float), obs=obs.set_axis([f"b{i}" for i in range(n)]))
    schema = {"granule": 1, "others": [2, 3, 6], "density_weights": [1, 10], "correlation_shares": [1, 0.9]}
    factors = {"numbers": [100, 30], "seed": 17, "max_iter": 20}
    settings = {"other_weight": -1, "weight_cap": 20} | schema
    assert 0 < seconds_of_schema(beads, factors, {"bandwidth": 45, "upper": 20}, settings) < 60
