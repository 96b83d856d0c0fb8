"""What AnnData and MuData hold that cannot be used is named in one line; figures of what can."""

import numpy as np
import pytest
from anndata import AnnData
from annotated_cells import ASKED, KEEP, N, both, cells
from matplotlib.figure import Figure
from sklearn.preprocessing import StandardScaler

from schema_core import InvalidInput, SchemaError, pl, tl


def bad(**columns):
    data = cells()
    for name, values in columns.items():
        data.obs[name] = values
    return data


@pytest.mark.parametrize(
    ("data", "arguments", "words"),
    [
        (cells(), {"modalities": ["obs/agee"]}, "obs/agee: there is no 'obs/agee'; the nearest is 'obs/age'"),
        (cells(), {"modalities": {"m": "age"}}, "m: there is no 'age'; the nearest is 'obs/age'"),
        (both(), {}, "use_rep: there is no 'X_pca'; the nearest is '(rna|protein):obsm/X_pca'"),
        (cells(), {"use_rep": "rna:X"}, "use_rep: there is no 'rna:X'; "),
        (cells(), {"modalities": {"m": 3}}, "m is 3; give the name of a table"),
        (cells(), {"modalities": {"m": {"value": "X"}}}, "m has the key 'value'; give"),
        (cells(), {"modalities": "obs/age"}, "modalities are 'obs/age'; give the names of tables, as in"),
        (cells(), {"modalities": {}}, "modalities are {}; give"),
        (bad(m=np.nan), {"modalities": {"age": "obs/m"}}, r"age \(obs/m\) has no value in any cell"),
        (bad(m=1.0), {"modalities": {"age": "obs/m"}}, r"age \(obs/m\) has the same distance for every pair"),
        (bad(m=np.inf), {"modalities": ["obs/m"]}, "obs/m holds inf at row 0"),
        (cells(), {"modalities": {"t": {"values": "obs/type", "kind": "numeric"}}}, r"t \(obs/type\) is not numeric"),
        (
            cells(),
            {"modalities": {"t": {"values": "obs/type", "kind": "label"}}},
            r"t \(obs/type\) kind='label' is unk",
        ),
        (bad(m=np.where(np.arange(N) == 4, np.nan, 1.0)), {"use_rep": "obs/m"}, "obs/m holds nan at row 4"),
        (cells(), {"use_rep": "X_pca", "basis": "nmf", "n_components": 2}, "but obsm/X_pca has negative ones"),
        (cells(), {"basis": StandardScaler()}, "basis is of type StandardScaler, which cannot be kept"),
        (cells(), {"dtype": "int8"}, "dtype='int8' is unknown"),
        (cells(), {"sample_weight": "obs/type"}, "sample_weight is no array of numbers"),
        (cells().X, {}, "data are of type csr_matrix; give an AnnData or a MuData"),
        (
            both(protein=AnnData(np.ones((3, 2)))),
            {"use_rep": "rna:X", "modalities": ["protein:X"]},
            "has none of the 80",
        ),
    ],
)
def test_bad_input_is_named_in_one_line_and_leaves_the_data(data, arguments, words):
    before = None if not hasattr(data, "obsm") else (set(data.obsm), set(data.uns))
    with pytest.raises(SchemaError, match=words) as caught:
        tl.schema(data, **{"modalities": ["obs/age"] if isinstance(data, AnnData) else ["obs/batch"]} | arguments)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 260
    assert before is None or (set(data.obsm), set(data.uns)) == before


def test_names_that_stand_twice():
    data = cells()
    data.obs_names = ["same"] * N
    with pytest.raises(InvalidInput, match=r"the name 'same' stands more than once in obs_names; .*make_unique"):
        tl.schema(data, "X_pca", ASKED)
    data = cells()
    data.var_names = ["same"] * 6
    with pytest.raises(InvalidInput, match=r"X: the name 'same' stands more than once in var_names"):
        tl.schema(data, "X", ASKED)


def test_other_cells_must_have_the_genes_of_fit():
    data = cells()
    with pytest.raises(InvalidInput, match=r"uns holds no results of schema under 'schema'; call tl.schema first"):
        tl.fitted(data)
    tl.schema(data, "X", ASKED, **KEEP)
    for other, words in ((data[:, ::-1].copy(), "column 0 of X is 'gene5'"), (data[:, :4].copy(), "4 features")):
        with pytest.raises(InvalidInput, match=words):
            tl.transform(other, data)


def test_figures_are_drawn_on_the_axes_that_are_given():
    data = cells()
    tl.schema(data, "X", ASKED, **KEEP)
    for draw in (pl.weights, pl.correlations, pl.path):
        ax = Figure().subplots()
        assert draw(data, ax=ax) is ax
        assert ax.has_data()
    ax = pl.correlations(data, ax=Figure().subplots())
    assert [label.get_text() for label in ax.get_yticklabels()] == ["reference", "age", "type"]
    ax = pl.weights(tl.fitted(data), n=2, ax=Figure().subplots())
    best = data.uns["schema"]["weights"]["weight"].nlargest(2)
    assert [label.get_text() for label in ax.get_yticklabels()] == best.index.tolist()
    np.testing.assert_array_equal([bar.get_width() for bar in ax.patches], best)
    with pytest.raises(InvalidInput, match="nothing to draw of a int"):
        pl.weights(3)
