"""Levels of labels: of any type, saved whole, merged, and with memory that grows as they do."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema_core import InvalidInput, Modality, Moments, Schema, sampled_covariances

N = 90
RNG = np.random.default_rng(8)
X = RNG.normal(size=(N, 2))
AGES = pd.Series(RNG.uniform(0, 90, N))

LEVELS = {
    "intervals": pd.cut(AGES, 3),
    "quantiles": pd.qcut(AGES, 4),
    "timestamps": pd.Series([pd.Timestamp("2020"), pd.Timestamp("2021", tz="UTC")] * 45, dtype=object),
    "dates": pd.Series(pd.to_datetime("2020-01-01") + pd.to_timedelta(np.arange(N) % 3, "D")),
    "periods": pd.Series(pd.period_range("2020", periods=3, freq="M").tolist() * 30),
    "spans": pd.Series(pd.to_timedelta(np.arange(N) % 3, "D")),
    "tuples": pd.Series([("a", 1), ("b", 1), (1, "a"), (None,), ()] * 18),
    "mixed": pd.Series([1, "1", 2.5, True, "x", b"x"] * 15, dtype=object),
    "nullable": pd.Series(np.arange(N) % 4, dtype="Int64"),
    "complex": pd.Series([1j, 2j, 1 + 1j] * 30),
    "infinite": pd.Series([np.inf, -np.inf, 0.0] * 30),
    "large": pd.Series([2**60, 2**60 + 1, -(2**62)] * 30),
}


@pytest.mark.parametrize("name", LEVELS)
def test_levels_of_any_type_are_saved_merged_and_told_apart(tmp_path, name):
    labels = LEVELS[name]
    moments = Moments.from_arrays(X, Modality(labels, "categorical"))
    assert len(moments.layout.blocks[2].levels[0]) == labels.nunique()
    moments.save(tmp_path / "m.npz")
    loaded = Moments.load(tmp_path / "m.npz")
    assert loaded.layout == moments.layout
    halves = [Moments.from_arrays(X[i::2], Modality(labels[i::2], "categorical")) for i in (0, 1)]
    for merged in (halves[0] + halves[1], halves[1] + halves[0]):
        assert merged.layout == loaded.layout
        expected = sampled_covariances(X, Modality(labels, "categorical"), n_pairs=None)
        for key, value in vars(expected).items():
            if key != "within":  # nothing is missing
                np.testing.assert_allclose(getattr(merged.covariances(), key), value, rtol=1e-9, atol=1e-12)
    both = pd.DataFrame({"a": labels, "b": RNG.integers(0, 3, N)})
    fitted = Schema(min_correlation=0.5, features="categorical").fit(both, AGES)
    fitted.transform(both.iloc[::-1].reset_index(drop=True))


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([{"a": 1}, {"b": 2}] * 45, "cannot be compared|of type dict"),
        ([[1], [2, 3]] * 45, "cannot be compared|no table"),
        ([object(), object()] * 45, "labels of type object"),
        (
            pd.Series([pd.Timestamp("2020"), "2020-01-01 00:00:00"] * 45, dtype=object),
            "both read '2020-01-01 00:00:00'",
        ),
    ],
)
def test_levels_that_cannot_be_told_apart_are_one_line(labels, words):
    with pytest.raises(InvalidInput, match=rf"modalities\[0\].*({words})") as caught:
        Moments.from_arrays(X, Modality(labels, "categorical"))
    assert "\n" not in str(caught.value)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([2, 50, 400]), st.sampled_from(["categorical", "categories"]))
def test_few_and_many_levels_give_what_visiting_every_pair_gives(seed, most, kind):
    """Fields of up to 256 levels are counted in a dense table, wider ones sparsely; also where both stand together."""
    rng = np.random.default_rng(seed)
    n = 700
    X, wide = rng.normal(size=(n, 2)), rng.integers(0, most, size=(n, 3))
    modalities = [
        Modality(wide if kind == "categories" else wide[:, 0], kind),
        Modality(rng.integers(0, 3, n), "categorical"),
    ]
    reference = Modality(rng.integers(0, 300, size=n), "categorical")
    labels = np.column_stack([wide[:, 1], rng.integers(0, 4, n)])
    for data, features in ((X, "numeric"), (labels, "categorical")):
        found = Moments.from_arrays(data, modalities, reference, features=features).covariances()
        expected = sampled_covariances(data, modalities, reference, features=features, n_pairs=None)
        for key, value in vars(expected).items():
            if key != "within":  # nothing is missing
                np.testing.assert_allclose(getattr(found, key), value, rtol=1e-8, atol=1e-11, err_msg=key)


SCRIPT = """
import sys, resource, numpy as np
from schema_core import Moments, Modality
rng = np.random.default_rng(0)
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
labels = rng.integers(0, int(sys.argv[1]), 60_000)
m = Moments.from_arrays(rng.normal(size=(60_000, 20)), Modality(labels, "categorical"))
(m + m).covariances().check()
m.save(sys.argv[2])
Moments.load(sys.argv[2])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start)
"""


def test_memory_grows_as_the_levels_do(tmp_path):
    scripts = Path(__file__).parents[2] / "scripts"

    def megabytes(levels):
        command = [sys.executable, "-c", SCRIPT, str(levels), str(tmp_path / "m.npz")]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONPATH": str(scripts)})
        return int(done.stdout) / 2 ** (20 if sys.platform == "darwin" else 10)

    few, many = megabytes(12), megabytes(12_000)
    assert many - few < 100  # a square of levels would be 1,150


# --- files ------------------------------------------------------------------------------------------------------


def test_a_save_that_fails_leaves_what_was_there_and_nothing_else(tmp_path, monkeypatch):
    moments = Moments.from_arrays(X, AGES)
    moments.save(tmp_path / "m.npz")
    before = (tmp_path / "m.npz").read_bytes()

    def full(file, **arrays):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("schema_core.storage.np.savez_compressed", full)
    with pytest.raises(OSError, match="No space"):
        moments.save(tmp_path / "m.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["m.npz"]
    assert (tmp_path / "m.npz").read_bytes() == before


def test_a_name_of_any_form_is_kept(tmp_path):
    moments = Moments.from_arrays(X, AGES)
    for name in ("m", "m.moments", "m {a} b.npz"):
        moments.save(str(tmp_path / name))
        assert Moments.load(tmp_path / name).layout == moments.layout


@pytest.mark.parametrize("what", ["text", "nothing", "cut", "array", "archive", "format", "layout", "short"])
def test_a_file_that_is_not_of_moments_is_one_line(tmp_path, what):
    path = tmp_path / "m.npz"
    moments = Moments.from_arrays(X, Modality(AGES > 30, "categorical"))
    moments.save(path)
    whole = path.read_bytes()
    with np.load(path) as stored:
        arrays = dict(stored)
    described = json.loads(str(arrays["layout"]))
    if what in ("text", "nothing", "cut"):
        path.write_bytes({"text": b"gene\tweight\n", "nothing": b"", "cut": whole[: len(whole) // 2]}[what])
    elif what == "array":
        with path.open("wb") as file:
            np.save(file, X)
    else:
        arrays |= {
            "archive": {},
            "format": {"layout": np.array(json.dumps(described | {"format": 1}))},
            "layout": {"layout": np.array(json.dumps(described | {"blocks": [[1, None]] * 9}))},
            "short": {"dense": arrays["dense"][:-1]},
        }[what]
        np.savez(path, **({"x": X} if what == "archive" else arrays))
    with pytest.raises(
        InvalidInput, match=r"m\.npz (does not hold moments|has moments of format 1).*compute them again"
    ) as caught:
        Moments.load(path)
    assert "\n" not in str(caught.value)
