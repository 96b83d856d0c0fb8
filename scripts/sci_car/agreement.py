"""How well the clusters of every method agree with the labels, as the claims of Figure 2 need it: values and ranges.

Agreement is a median over seeds of Leiden (and of training), so that its class is "statistical" ("trained"): where two
partitions are nearly as good, the last digits of linear algebra decide between them.
"""

from collections.abc import Iterator

import pandas as pd

from sci_car.gains import RANDOM, why_absent
from sci_car.methods.table import METHODS, alone
from sci_car.values import ranged

WEIGHTED = {
    "schema": {"basis": "SVD", "solver": "exact"},
    "schema_grid": {"basis": "SVD", "solver": "grid"},
    "schema_learn": {"basis": "SVD", "solver": "schema_learn"},
    "schema_nmf": {"basis": "NMF", "solver": "exact"},
    "schema_nmf_grid": {"basis": "NMF", "solver": "grid"},
    "schema_nmf_learn": {"basis": "NMF", "solver": "schema_learn"},
}
CONTROLS = {"schema_shuffled": {"basis": "SVD"}, "schema_nmf_shuffled": {"basis": "NMF"}}
PSEUDOCELLS = {f"pseudocell_{k}": {"basis": "SVD", "k": k} for k in (300, 100, 500)}
TRAINED = {
    "scvi_rna": "ari.scvi_rna",
    "scvi_atac": "ari.scvi_atac",
    "totalvi": "ari.totalvi",
    "totalvi_synthetic": "ari.totalvi_synthetic",
}
# By method, the claim that has its agreement with the labels, and the variant.
AGREEMENT = {
    "rna": ("ari.rna", {"basis": "SVD"}),
    "rna_nmf": ("ari.rna", {"basis": "NMF"}),
    "atac": ("ari.atac", {"basis": "SVD"}),
    "cca": ("ari.cca", {"basis": "SVD"}),
    **{name: ("ari.schema", variant) for name, variant in WEIGHTED.items()},
    **{name: ("ari.pseudocell", variant) for name, variant in PSEUDOCELLS.items()},
    **{name: (claim, {}) for name, claim in TRAINED.items()},
    **{name: ("control.shuffled", variant) for name, variant in CONTROLS.items()},
    RANDOM: ("control.random", {}),
}
PREVIOUS = ("cca", "pseudocell_300", "totalvi")  # beside RNA alone, what the paper compares Schema with


class Agreement:
    """The agreement of clusters with labels by method: all its runs, and differences between methods by seed."""

    def __init__(self, scores: pd.DataFrame, statuses: pd.DataFrame, epochs: int):
        self.scores, self.statuses, self.epochs = scores, statuses, epochs
        self.methods = [name for name in AGREEMENT if name in set(scores["method"])]

    def runs(self, method: str, group: str = "all", metric: str = "ari") -> pd.Series:
        """All values of a method, by Leiden's seed (several for a model that was trained with several seeds)."""
        rows = self.scores.query("method == @method and group == @group and metric == @metric")
        return rows.set_index("leiden_seed")["value"]

    def by_seed(self, method: str, group: str = "all") -> pd.Series:
        """One value for each of Leiden's seeds: the median over those of training, or of dealing the ATAC."""
        return self.runs(method, group).groupby("leiden_seed").median()

    def over(self, method: str) -> str:
        """What varies between the runs of a method."""
        group, runs = METHODS[method].group if method in METHODS else "", self.scores.query("method == @method")
        of = {"deep": "trainings", "control": "ways to deal the ATAC"}.get(group)
        seeds = f"{runs['leiden_seed'].nunique()} seeds of Leiden"
        return f"{runs['seed'].nunique()} {of} × {seeds}" if of else seeds

    def rows(self) -> Iterator[dict]:
        """A row for every method; one that failed, or was not run, with the reason."""
        for name, (claim, variant) in AGREEMENT.items():
            row = {"id": claim, "class": "statistical"} | variant
            row |= {"epochs": self.epochs, "class": "trained"} if name in TRAINED else {}
            if name in self.methods:
                yield row | ranged(self.runs(name), self.over(name))
            else:
                yield row | {"ours": "", "reason": why_absent(self.statuses, name)}
        yield from self.of_pseudocells()
        yield from self.of_igraph()

    def of_pseudocells(self) -> Iterator[dict]:
        """The largest ARI over k, and the range over k of medians."""
        medians = pd.Series({f"k = {v['k']}": self.runs(name).median() for name, v in PSEUDOCELLS.items()}).dropna()
        row = {"id": "ari.pseudocell_k", "class": "statistical", "basis": "SVD"}
        if medians.empty:
            yield row | {"ours": "", "reason": why_absent(self.statuses, "pseudocell_300")}
            return
        said = ", ".join(f"{value:.3f} for {k}" for k, value in medians.items())
        yield row | ranged(medians, f"{len(medians)} numbers of groups") | {"ours": medians.max(), "reason": said}

    def of_igraph(self) -> Iterator[dict]:
        """What igraph's implementation of Leiden changes on the same graphs: its ARI less that of leidenalg's."""
        names = [name for name in self.methods if name != RANDOM]
        change = pd.Series({n: self.runs(n, metric="ari of igraph").median() - self.runs(n).median() for n in names})
        same = pd.Series({n: self.runs(n, metric="ari of both").median() for n in names}).median()
        reason = f"igraph's clusters agree with leidenalg's on the same graphs with an ARI of {same:.2f} (median)"
        yield {"id": "control.igraph", "class": "statistical", "reason": reason} | ranged(
            change, f"{len(names)} methods"
        )

    def gains(self) -> Iterator[dict]:
        """Schema against RNA alone, and against the best of what was there before, by seed."""
        for name, variant in (WEIGHTED | CONTROLS).items():
            row = {"class": "statistical"} | variant
            rival, claims = alone(name), ("ari.gain", "ari.schema_proximal")
            if name in CONTROLS:
                claims = ("control.shuffled_gain", "control.shuffled_proximal")
            if absent := [one for one in (name, rival) if one not in self.methods]:
                why = {"ours": "", "reason": why_absent(self.statuses, absent[0])}
                yield from ({"id": claim} | why | row for claim in claims)
                continue
            others = {one: self.by_seed(one) for one in (rival, *PREVIOUS) if one in self.methods}
            best = max(others, key=lambda one: others[one].median())
            reason = f"the best other is {METHODS[best].label}, of {len(others)}"
            over = self.over(name).rpartition(" × ")[2]
            yield (
                row | {"id": claims[0], "reason": reason} | ranged(100 * (self.by_seed(name) / others[best] - 1), over)
            )
            more = [self.by_seed(name, group) - self.by_seed(rival, group) for group in ("proximal tubule", "all")]
            reason = f"proximal tubule {more[0].median():+.3f}, all {more[1].median():+.3f}"
            yield row | {"id": claims[1], "reason": reason} | ranged(more[0] - more[1], over)
