"""Our values for the paper's numbers of Figure 3, in the form that ``evaluation.ledger`` describes."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from evaluation.ledger import fixed, read_claims, spread
from evaluation.verdict import NOTHING
from running import read_table, step, write_table

CLAIMED_AGES = (1, 30, 50)


def at(table: pd.DataFrame, method: str, s: float | None = None) -> pd.DataFrame:
    """The rows of a method under true ages, and of one s."""
    rows = table[(table["method"] == method) & (table["ages"] == "age") & (table["target"] == "age")]
    return rows if s is None else rows[np.isclose(rows["min_correlation"], s)]


def correlations(table: pd.DataFrame, case: str) -> Iterator[dict]:
    """Median over roots of Spearman's ρ of pseudotime with age; the reason has the range, and what needs no Schema."""
    asked = {
        "dpt.original": at(table, "rna"),
        "dpt.schema_0.999": at(table, "schema", 0.999),
        "dpt.schema_0.99": at(table, "schema", 0.99),
        "dpt.cca": at(table, "cca"),
    }
    depth, fit = (at(table, name)["rho"].iloc[0] for name in ("depth", "linear fit"))
    notes = {
        "dpt.original": f"how few molecules a cell has gives {depth:.3f}, a cross-validated linear fit {fit:.3f}",
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
        reason = "; ".join(filter(None, [words, notes.get(name)]))
        yield {"id": name, "case": case, "scaling": "scanpy", **spread(rows["rho"], "roots"), "reason": reason}
        scaled = (
            "every component of the diffusion map scaled, as Haghverdi et al. define it; scanpy leaves "
            f"{rows['unscaled'].max():.0f} of them unscaled, with eigenvalues of 0.9994 and more"
        )
        yield {
            "id": name,
            "case": case,
            "scaling": "all components",
            **spread(rows["scaled_rho"], "roots"),
            "reason": scaled,
        }


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
                for row in correlations(read_table(path), case)
            ),
            *overlap_claims(overlap),
            *gene_claims(profile, ranking, printed),
        ]
        # everything hangs on NMF and graphs of neighbours, whose last digits differ between processors
        write_table(pd.DataFrame(rows).assign(**{"class": "statistical"}), snakemake.output[0])
