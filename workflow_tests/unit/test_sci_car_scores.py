"""Scores of Figure 2 on small cases counted by hand, and the controls."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from sklearn.metrics import adjusted_rand_score

from evaluation.labels import cluster_accuracy, majority_label
from sci_car.cells import is_proximal_tubule, short_name
from sci_car.cluster import partitions
from sci_car.figures.figure2 import pair_matrix
from sci_car.gains import RANDOM, gains, ranges
from sci_car.genes import WAYS, set_tests
from sci_car.score import by_igraph, by_run, gain_test, maps, pairs_of_types, scores, shown_run

LABELS = np.array(["a", "a", "a", "b", "b", "c"])
CLUSTERS = np.array([0, 0, 1, 1, 1, 0])


def test_a_cluster_stands_for_its_most_frequent_label():
    assert majority_label(LABELS, CLUSTERS).tolist() == ["a", "a", "b", "b", "b", "a"]
    assert cluster_accuracy(LABELS, CLUSTERS) == pytest.approx([2 / 3] * 6)
    assert majority_label(np.array(["b", "a"]), np.array([0, 0])).tolist() == ["a", "a"]


def clusters_table(**methods):
    """Clusters by method, one run each, in the form that cluster.py writes."""
    return pd.concat(
        [
            pd.DataFrame({"method": name, "seed": 0, "leiden_seed": 0, "cluster": found})
            for name, found in methods.items()
        ]
    )


def test_scores_of_a_perfect_and_of_a_single_cluster():
    perfect = np.array([0, 0, 0, 1, 1, 2])
    runs = by_run(clusters_table(rna=perfect, atac=np.zeros(6, int)), np.ones(6, bool))
    proximal = np.array([True] * 5 + [False])
    table = pd.DataFrame(scores(runs, LABELS, proximal)).set_index(["method", "group", "metric"])["value"]
    assert table["rna", "all", "ari"] == table["rna", "proximal tubule", "ari"] == 1
    assert table["atac", "all", "ari"] == table["atac", "all", "nmi"] == 0
    assert table["rna", "all", "clusters"] == 3
    assert table["rna", "c", "f1"] == 1
    assert table["atac", "a", "f1"] == pytest.approx(2 * 0.5 * 1 / 1.5)  # half of all are a, all a are found
    assert table["atac", "c", "f1"] == 0


def test_random_clusters_agree_with_nothing():
    labels = np.repeat(list("abcd"), 300)
    runs = by_run(clusters_table(rna=np.repeat(range(4), 300)), np.ones(1200, bool))
    assert set(runs) == {("rna", 0, 0), (RANDOM, 0, 0)}
    table = pd.DataFrame(scores(runs, labels, np.ones(1200, bool)))
    assert abs(ranges(table).loc[RANDOM, "median"]) < 0.02
    assert ranges(table).loc["rna", "median"] == 1


def test_cells_without_label_are_left_out():
    labelled = np.array([True, True, False, True, True, True])
    runs = by_run(clusters_table(rna=CLUSTERS), labelled)
    assert runs["rna", 0, 0].tolist() == [0, 0, 1, 1, 0]


def test_igraphs_clusters_are_scored_on_labelled_cells_and_against_the_papers():
    labelled = np.array([True, True, False, True, True, True])
    clusters = clusters_table(rna=np.array([0, 0, 7, 1, 1, 2])).assign(igraph=[5, 5, 5, 5, 6, 7])
    table = pd.DataFrame(by_igraph(clusters, labelled, LABELS[labelled])).set_index("metric")["value"]
    same = adjusted_rand_score([0, 0, 1, 1, 2], [5, 5, 5, 6, 7])
    assert table.to_dict() == {"ari of igraph": pytest.approx(same), "ari of both": pytest.approx(same)}


def test_pairs_of_types_count_only_their_cells():
    labels = np.where(LABELS == "a", "Proximal tubule", LABELS)
    runs = by_run(clusters_table(rna=np.array([0, 0, 0, 1, 1, 0])), np.ones(6, bool))
    pairs = pd.DataFrame(pairs_of_types(runs, labels, ["rna"]))
    assert pairs.set_index(["one", "other"])["proximal"].to_dict() == {
        ("Proximal tubule", "b"): 1, ("Proximal tubule", "c"): 1, ("b", "c"): 0
    }  # fmt: skip
    table = pairs.replace("Proximal tubule", "a").set_index(["one", "other"])["ari"]
    assert table["a", "b"] == 1
    assert table["a", "c"] == 0
    assert len(table) == 3
    matrix = pair_matrix(table.reset_index().assign(method="rna"), ["c", "b", "a"])
    assert matrix[1, 2] == 1
    assert np.isnan(matrix[2, 1])


def test_both_tests_count_proximal_tubule_cells():
    labels = np.array(["x"] * 30 + ["y"] * 30)
    alone = np.array([0] * 30 + [0] * 20 + [1] * 10)  # 30 + 10 right
    better = np.array([0] * 30 + [0] * 10 + [1] * 20)  # 30 + 20 right
    runs = by_run(clusters_table(rna=alone, schema=better), np.ones(60, bool))
    (row,) = gain_test(runs, labels, np.ones(60, bool), "schema")
    assert (row["right"], row["right_rna"], row["only"], row["only_rna"], row["n"]) == (50, 40, 10, 0, 60)
    assert row["binomial"] == pytest.approx(binom.sf(49, 60, 40 / 60))
    assert row["mcnemar"] == pytest.approx(0.5**10)  # all ten cells that only one has right are Schema's


def test_mcnemar_sees_cells_that_change_places():
    """As many cells are lost as won: the same number is right, and neither test finds a gain."""
    labels = np.array(["x"] * 30 + ["y"] * 30)
    one, other = np.repeat([0, 1, 0, 1], [20, 10, 10, 20]), np.repeat([1, 0, 1, 0, 1], [10, 20, 0, 10, 20])
    runs = by_run(clusters_table(rna=one, schema=other), np.ones(60, bool))
    (row,) = gain_test(runs, labels, np.ones(60, bool), "schema")
    assert row["right"] == row["right_rna"]
    assert row["only"] == row["only_rna"] > 0
    assert min(row["binomial"], row["mcnemar"]) > 0.4
    (same,) = gain_test(
        by_run(clusters_table(rna=one, schema=one), np.ones(60, bool)), labels, np.ones(60, bool), "schema"
    )
    assert (same["only"], same["only_rna"], same["mcnemar"]) == (0, 0, 1)


def test_the_shown_run_has_the_median():
    rows = [("rna", 0, s, "all", "ari", v) for s, v in enumerate([0.5, 0.1, 0.3, 0.4])]
    table = pd.DataFrame(rows, columns=["method", "seed", "leiden_seed", "group", "metric", "value"])
    assert shown_run(table, "rna") == ("rna", 0, 2)


def test_maps_have_the_accuracy_of_each_cells_cluster():
    runs = by_run(clusters_table(rna=CLUSTERS), np.ones(6, bool))
    table = maps(runs, pd.DataFrame(scores(runs, LABELS, np.ones(6, bool))), LABELS, ["rna"])
    assert table["rna:accuracy"].tolist() == pytest.approx([2 / 3] * 6)


def test_cells_of_a_unit_share_its_cluster():
    points = np.array([[0.0], [0.1], [9.0], [9.1]])
    found = list(partitions(points, np.array([0, 0, 1, 2, 3, 3]), neighbours=1, seeds=2))
    assert [clusters["leiden_seed"].unique().tolist() for clusters, _ in found] == [[0], [1]]
    for clusters, modularity in found:
        for name in ("cluster", "igraph"):
            assert clusters[name].tolist() in ([0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 0])
            assert modularity[name] == 0.5  # two halves with all edges inside


BASE = {
    "data": "kidney",
    "cells": "all",
    "rna": "log",
    "components": 50,
    "scaling": "none",
    "neighbours": 15,
    "resolution": 1.0,
}


def test_gains_are_against_rna_alone_in_the_same_setting():
    rows = []
    for neighbours, alone in ((15, 0.4), (30, 0.5)):
        for atac, s, ari in (("none", np.nan, alone), ("counts", 0.99, alone + 0.1), ("shuffled", 0.99, alone - 0.1)):
            for seed, off in enumerate((-0.05, 0, 0.3)):
                run = {"neighbours": neighbours, "atac": atac, "s": s, "seed": seed, "ari": ari + off}
                rows.append(BASE | run)
    runs = pd.DataFrame(rows)
    table = gains(runs)
    assert len(gains(pd.concat([runs, runs.assign(data="cortex", ari=0.0)]))) == 8  # data sets stay apart
    assert len(table) == 4
    assert table.query("atac == 'counts'")["gain"].tolist() == pytest.approx([0.1, 0.1])
    assert table.query("atac == 'counts'")["over_control"].tolist() == pytest.approx([0.2, 0.2])
    assert table.query("atac == 'shuffled'")["over_control"].isna().all()


def test_genes_that_differ_are_told_from_genes_that_do_not():
    rng = np.random.default_rng(0)
    names = [f"g{i}" for i in range(200)]
    strength = np.where(np.arange(200) < 20, 40.0, 0.5)
    expressed = pd.concat(
        [
            pd.DataFrame({"gene": names, "cell_type": kind, "t": rng.normal(size=200) * strength}).assign(
                p=lambda rows: 2 * np.exp(-rows["t"].abs())
            )
            for kind in ("one", "other")
        ]
    ).assign(p=lambda rows: rows["p"].clip(upper=1))
    table = pd.DataFrame({way: rng.random(200) for way in WAYS}, index=names)
    table["softmax"] = -np.arange(200.0)
    tests = pd.DataFrame(set_tests(table, expressed, 20)).set_index(["way", "cell_type"])
    assert tests.loc["softmax", "q"].max() < 1e-3
    assert tests.loc["softmax", "share"].min() > 0.5
    assert tests.loc["equal weights", "q"].max() > 0.01


def test_names_of_types():
    labels = pd.Series(["Proximal tubule S3 cells (type 1)", "Podocyte", None])
    assert is_proximal_tubule(labels).tolist() == [True, False, False]
    assert short_name(labels[0]) == "PT S3 (1)"
    assert short_name("Collecting duct principal cells") == "CD PC"
