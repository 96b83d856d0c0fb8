"""Rankings, declared subsets, and the agreement of two pucks."""

from itertools import combinations

import anndata
import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.stats import spearmanr
from slide_seq_files import GENE_NAMES, genes_table

from slide_seq.expression import gene_table
from slide_seq.ranking import COLUMNS, beads_of, by_groups, first_genes, rank_difference, write_rankings
from slide_seq.scores import all_pairs, mean_rankings, pair_scores


def test_the_difference_of_ranks():
    granule, other = np.array([3.0, 1.0, 2.0, np.nan]), np.array([10.0, 30.0, 20.0, 5.0])
    found = rank_difference(granule, other)
    np.testing.assert_allclose(found[:3], [2 / 3, -2 / 3, 0])
    assert np.isnan(found[3])


def test_rankings_by_groups_have_the_common_format():
    scores = {"granule": [2.0, 1.0], "other": [1.0, 2.0]}
    table = by_groups(np.array(["a", "b"]), lambda group: scores[group], method="m", positions="observed")
    assert list(table.columns) == COLUMNS
    assert table.query("kind == 'final'")["score"].tolist() == [0.5, -0.5]
    assert table.query("kind == 'other'")["score"].tolist() == [1, 2]


def test_declared_genes_are_those_seen_in_most_beads_of_all_pucks():
    table = pd.DataFrame(
        {
            "gene": ["a", "b", "c", "a", "b", "d"],
            "puck": ["1", "1", "1", "2", "2", "2"],
            "beads": [5, 9, 99, 6, 3, 99],
        }
    )
    assert first_genes(table, 1).tolist() == ["b"]
    assert first_genes(table, None).tolist() == ["b", "a"]  # c and d are not in both


def test_random_beads_of_a_group():
    granule = np.array([True, False] * 50)
    rng = np.random.default_rng(0)
    rows = beads_of("granule", granule, 10, rng)
    assert len(set(rows)) == 10
    assert granule[rows].all()
    assert (np.diff(rows) > 0).all()
    assert len(beads_of("other", granule, None, rng)) == len(beads_of("other", granule, 500, rng)) == 50


def test_scores_of_a_pair():
    rng = np.random.default_rng(1)
    one, other = pd.Series(rng.normal(size=300), GENE_NAMES), pd.Series(rng.normal(size=300), GENE_NAMES)
    other += one
    one.iloc[0], mean = np.nan, pd.Series(rng.gamma(1, size=300), GENE_NAMES)
    found = pair_scores(one, other.iloc[:-1], mean)
    both = GENE_NAMES[1:-1]
    assert found["n"] == 298
    assert found["rho"] == pytest.approx(spearmanr(one[both], other[both]).statistic)
    top = set(one[both].nlargest(50).index) & set(other[both].nlargest(50).index)
    assert found["top50"] == len(top) / 50
    assert np.isnan(found["top200"])  # fewer than 400 genes


def test_what_mean_expression_explains_is_gone_given_it():
    rng, mean = np.random.default_rng(2), pd.Series(np.random.default_rng(3).gamma(1, size=300), GENE_NAMES)
    one, other = (mean.rank() + rng.normal(0, 40, 300) for _ in range(2))
    found = pair_scores(one, other, mean)
    assert found["rho"] > 0.6
    assert abs(found["partial_rho"]) < 0.2


def test_all_pairs_of_pucks_and_sets_of_genes():
    table = genes_table()
    pairs = pd.DataFrame(all_pairs(mean_rankings(table), table, declared=50))
    assert len(pairs) == 3 * 2 * 2  # pairs, kinds of positions, sets of genes
    assert set(zip(pairs["puck_a"], pairs["puck_b"], strict=True)) == set(combinations("abc", 2))
    assert set(pairs.query("genes == 'common'")["n"]) == {50}
    assert (pairs.query("genes == 'all'")["rho"] > 0.5).all()


def test_a_method_writes_the_rankings_of_its_declared_subset(tmp_path):
    rng = np.random.default_rng(6)
    counts = rng.poisson(2, (40, 10))
    obs = pd.DataFrame({"granule": rng.random(40) < 0.5, "x_observed": rng.random(40), "y_observed": rng.random(40)})
    obs = obs.assign(x_shuffled=obs["x_observed"][::-1].to_numpy(), y_shuffled=obs["y_observed"][::-1].to_numpy())
    beads = anndata.AnnData(sparse.csr_matrix(counts, dtype=np.float32), obs=obs.set_axis([f"b{i}" for i in range(40)]))
    beads.var_names = [f"g{i}" for i in range(10)]
    beads.write_h5ad(tmp_path / "beads.h5ad")
    table = gene_table(beads, "p")
    np.testing.assert_array_equal(table["beads"], (counts > 0).sum(axis=0))
    np.testing.assert_allclose(table["mean"], (counts / counts.sum(axis=1, keepdims=True)).mean(axis=0))
    table.to_csv(tmp_path / "genes.tsv", sep="\t", index=False)
    settings = {"genes_table": str(tmp_path / "genes.tsv"), "genes": 4, "beads": 8}
    seen = []

    def score(group, places):
        seen.append((group.n_obs, places.shape, group.var_names.tolist()))
        return places[:, 0].sum() + np.arange(group.n_vars)

    write_rankings(str(tmp_path / "out.parquet"), "mine", str(tmp_path / "beads.h5ad"), settings, 0, score)
    assert seen == [(8, (8, 2), first_genes(table, 4).tolist())] * 4
    found = pd.read_parquet(tmp_path / "out.parquet")
    assert found.groupby(["positions", "kind"]).size().eq(4).all()
    assert set(found["positions"]) == {"observed", "shuffled"}
