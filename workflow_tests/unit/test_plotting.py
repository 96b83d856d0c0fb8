"""How clouds of points are laid upon each other in figures."""

import numpy as np
import pytest

from plotting.cells import oriented


def test_a_turned_mirrored_scaled_cloud_is_turned_back():
    rng = np.random.default_rng(0)
    cloud = rng.normal(size=(50, 2))
    turn = np.array([[np.cos(1), -np.sin(1)], [np.sin(1), np.cos(1)]]) @ np.diag([1, -1])
    assert oriented(cloud @ turn * 7 + [3, -2], cloud) == pytest.approx(cloud)


def test_orientation_keeps_proportions_and_is_never_further_away():
    rng = np.random.default_rng(1)
    points, reference = rng.normal(size=(40, 2)), rng.normal(size=(40, 2))
    found = oriented(points, reference)
    scale = np.linalg.norm(found[0] - found[1]) / np.linalg.norm(points[0] - points[1])
    assert np.linalg.norm(found[5] - found[9]) == pytest.approx(scale * np.linalg.norm(points[5] - points[9]))
    assert ((found - reference) ** 2).sum() <= ((points - reference) ** 2).sum()


def test_points_that_coincide_are_put_in_the_middle():
    assert oriented(np.ones((3, 2)), np.array([[0.0, 0], [2, 0], [1, 3]])).tolist() == [[1, 1]] * 3
