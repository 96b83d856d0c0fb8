"""Our values for the paper's numbers of Figure 3, in the form that ``evaluation.ledger`` describes."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.model_selection import KFold, cross_val_score
from sklearn.neighbors import KNeighborsRegressor

from evaluation.ledger import read_claims
from evaluation.scores import rank_agreement
from evaluation.values import fixed, spread
from evaluation.verdict import NOTHING
from running import read_table, step, write_table

CLAIMED_AGES = (1, 30, 50)
CLAIMED_S = (0.999, 0.99)
NEIGHBOURS = 15


def at(table: pd.DataFrame, method: str, s: float | None = None) -> pd.DataFrame:
    """The rows of a method under true ages, and of one s."""
    rows = table[(table["method"] == method) & (table["ages"] == "age") & (table["target"] == "age")]
    return rows if s is None else rows[np.isclose(rows["min_correlation"], s)]


def correlations(table: pd.DataFrame, case: str) -> Iterator[dict]:
    """Median and range over roots of Spearman's ρ of pseudotime with age."""
    asked = {
        "dpt.original": at(table, "rna"),
        "dpt.schema_0.999": at(table, "schema", 0.999),
        "dpt.schema_0.99": at(table, "schema", 0.99),
        "dpt.cca": at(table, "cca"),
    }
    notes = {
        "dpt.cca": "CCA has one factor here, the linear fit of age; cells on a line have many components that scanpy's "
        "pseudotime does not scale",
    }
    for name, rows in asked.items():
        if rows.empty:  # this s is not in the ladder
            continue
        words = (
            "the paper does not give its root; with the molecules of a cell held fixed "
            f"{rows['partial_rho'].median():.3f}"
        )
        scaled = (
            "every component of the diffusion map scaled, as Haghverdi et al. define it; scanpy leaves "
            f"{rows['unscaled'].max():.0f} of them unscaled, with eigenvalues of 0.9994 and more"
        )
        ways = {
            "scanpy": ("rho", "; ".join(filter(None, [words, notes.get(name)]))),
            "all components": ("scaled_rho", scaled),
        }
        for scaling, (column, reason) in ways.items():
            yield {"id": name, "case": case, "scaling": scaling, **spread(rows[column], "roots"), "reason": reason}


def controls(table: pd.DataFrame, case: str) -> Iterator[dict]:
    """What needs no Schema, and what weights learnt from shuffled ages do to ρ with true age."""
    baselines = {
        "depth": "how few molecules a cell has, without any pseudotime",
        "linear fit": "a linear fit of age from the factors of other cells, without any pseudotime",
    }
    for method, reason in baselines.items():
        value = fixed(at(table, method)["rho"].iloc[0])
        yield {"id": f"control.{method.replace(' ', '_')}", "case": case, **value, "reason": reason}
    crossed = table[table["ages"].str.startswith("shuffle_") & (table["target"] == "age")]
    for s in CLAIMED_S:
        rows = crossed[np.isclose(crossed["min_correlation"], s)]
        for scaling, column in (("scanpy", "rho"), ("all components", "scaled_rho")):
            value = spread(rows.groupby("ages")[column].median(), "shuffles of age")
            reason = "weights learnt from ages shuffled within the line: what any distortion of this size does"
            if value["n"]:
                yield {"id": f"control.shuffled_{s:g}", "case": case, "scaling": scaling, **value, "reason": reason}


def told_age(embedding: pd.DataFrame, ages: np.ndarray) -> pd.Series:
    """R² of the age of held-out cells, by the mean of their nearest neighbours in an embedding; one value a fold."""
    model = KNeighborsRegressor(n_neighbors=min(NEIGHBOURS, len(ages) // 2))
    folds = KFold(5, shuffle=True, random_state=0)
    return pd.Series(cross_val_score(model, embedding[["x", "y"]].to_numpy(), ages, cv=folds, scoring="r2"))


def umap_claims(umap: pd.DataFrame) -> Iterator[dict]:
    """How well neighbours in the UMAP tell age: RNA alone, Schema at s = 0.99, CCA, and against s."""
    tables = dict(list(umap.fillna({"min_correlation": -1.0}).groupby(["method", "min_correlation"])))
    scores = {key: told_age(rows, rows["age"].to_numpy(dtype=float)) for key, rows in tables.items()}
    how = f"R² of age by {NEIGHBOURS} neighbours in the UMAP, on held-out cells"
    names = {("rna", -1.0): "control.umap_original", ("schema", 0.99): "umap.age_0.99", ("cca", -1.0): "umap.age_cca"}
    for key, name in names.items():
        if key in scores:
            yield {"id": name, **spread(scores[key], "folds of cells"), "reason": how}
    if ("schema", 0.99) in tables:
        rows, rng = tables["schema", 0.99], np.random.default_rng(0)
        shuffled = [told_age(rows, rng.permutation(rows["age"].to_numpy(dtype=float))).mean() for _ in range(5)]
        reason = "ages shuffled among the same cells: what chance gives"
        yield {"id": "control.umap_shuffled", **spread(pd.Series(shuffled), "shuffles of age"), "reason": reason}
    ladder = pd.DataFrame({s: values for (method, s), values in scores.items() if method == "schema"})
    if ladder.shape[1] > 2:
        rho = ladder.apply(lambda of_fold: rank_agreement(1 - ladder.columns.to_numpy(), of_fold).rho, axis=1)
        reason = f"Spearman's ρ of 1 - s with that R², over {ladder.shape[1]} values of s"
        yield {"id": "umap.age_with_distortion", **spread(rho, "folds of cells"), "reason": reason}
    days = ", ".join(map(str, sorted(set(umap["age"]))))
    yield {"id": "fly.ages", **fixed(days), "reason": "of the cells used"}


def overlap_claims(overlap: pd.DataFrame) -> Iterator[dict]:
    """The largest q over the paper's ages, for Schema and for what should not be above chance."""
    rows = overlap[overlap["age"].isin(CLAIMED_AGES)]
    worst = rows.groupby("ages")["q"].max()
    first = rows[rows["ages"] == "age"].iloc[0]
    how = (
        f"largest q of days {', '.join(map(str, CLAIMED_AGES))}; first {first['top']} genes; the paper names no number"
    )
    yield {"id": "fly.de_overlap", "case": "text", **fixed(worst["age"]), "reason": how}
    equal = "the same test on the genes that are highest with equal weights"
    yield {"id": "control.equal_weights", "case": "text", **fixed(worst["equal weights"]), "reason": equal}
    shuffled = worst[worst.index.str.startswith("shuffle_")]
    control = "age shuffled within lines: what chance gives"
    yield {"id": "control.shuffled_ages", "case": "text", **spread(shuffled, "shuffles"), "reason": control}


def gene_claims(profile: pd.DataFrame, ranking: pd.DataFrame, printed: dict[str, list[str]]) -> Iterator[dict]:
    """The genes of the heat map by when they are active; and which of the paper's are among the first that we score."""
    for name, sign in (("fly.early_genes", -1), ("fly.late_genes", 1)):
        ours = profile.loc[np.sign(profile["late_minus_early"]) == sign, "symbol"]
        rank = ranking[ranking["ages"] == "age"].set_index("symbol")["rank"]
        places = ", ".join(f"{gene} is {rank[gene]}." if gene in rank.index else f"{gene} is absent"
                           for gene in printed[name])  # fmt: skip
        reason = f"among the {len(profile)} genes weighted up most; of {len(rank)} genes {places}"
        yield {"id": name, **fixed(", ".join(ours) or NOTHING), "reason": reason}


if __name__ == "__main__":
    with step(snakemake):
        inputs, params = snakemake.input, snakemake.params
        printed = {name: claim["paper"] for name, claim in read_claims()["fly_brain"].items()}
        overlap, profile, ranking = (read_table(inputs[name]) for name in ("overlap", "profile", "ranking"))
        rows = [
            *(
                row
                for case, path in zip(params.cases, inputs.pseudotime, strict=True)
                for values in (correlations, controls)
                for row in values(read_table(path), case)
            ),
            *umap_claims(pd.read_parquet(inputs.umap)),
            *overlap_claims(overlap),
            *gene_claims(profile, ranking, printed),
        ]
        # everything hangs on NMF and graphs of neighbours, whose last digits differ between processors
        write_table(pd.DataFrame(rows).assign(**{"class": "statistical"}), snakemake.output[0])
