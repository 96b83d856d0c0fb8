"""Write maturing cells with spliced and unspliced counts, as scVelo serves the dentate gyrus: the demo of Figure S2.

Cells lie anywhere along one time, and in its last third have one of two fates. Genes are switched on or off at times of
their own; RNA is transcribed, spliced and degraded at rates of the gene (the equations of RNA velocity), so that
unspliced counts run ahead of spliced ones. Numbers marked [hochgerner] are summaries of 100 of the published cells;
[ours] is a choice.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from anndata import AnnData
from scipy.sparse import csr_matrix

from running import InputError, step, whole_file

DYNAMIC, OF_FATE = 0.4, 0.06  # [ours] shares of the genes: that follow time, that mark each fate
FATE_FROM = 0.67  # [ours]
SPLICING, DEGRADATION = 9.0, 6.0  # [ours] medians of rates in units of 1 / the whole time
FOLD = 2.2  # [ours] mean log fold of a switch
DEPTH_SD, UNSPLICED_SD = 0.56, 0.49  # [hochgerner] of the logarithms of a cell's counts, and of unspliced over spliced
AMBIGUOUS = 0.37  # [hochgerner] counts that are neither, per spliced one
ABUNDANCE_SD = 1.2  # [ours] of the logarithm of genes' abundance
CLUSTERS = ("nIPC", "Neuroblast", "Granule immature")  # by time, before fates part
FATES = ("Granule mature", "CA3")


def kinetics(time, basal, switched, start, stop, splicing, degradation) -> tuple[np.ndarray, np.ndarray]:
    """Unspliced and spliced RNA, both (n, genes), of cells at ``time`` (n,), of genes with rates of their own.

    du/dt = α - βu and ds/dt = βu - γs, with α = ``basal`` except between ``start`` and ``stop``, where it is
    ``switched``; β = ``splicing``, γ = ``degradation``, all (genes,) and β ≠ γ. At time 0 at the basal steady state.
    """

    def after(spent, rate, u, s):
        u_left, s_left = np.exp(-splicing * spent), np.exp(-degradation * spent)
        later_u = u * u_left + rate / splicing * (1 - u_left)
        turn = (rate - splicing * u) / (degradation - splicing) * (s_left - u_left)
        return later_u, s * s_left + rate / degradation * (1 - s_left) + turn

    now = np.asarray(time)[:, None]
    on = after(np.clip(now - start, 0, stop - start), switched, basal / splicing, basal / degradation)
    return after(np.clip(now - stop, 0, None), basal, *on)


def simulate(path: Path | str, truth: Path | str, seed: int, settings: Mapping) -> dict:
    """Write the cells (.h5ad) and what was planted (JSON); equal arguments give equal counts.

    settings : cells, genes (numbers), spliced (median counts of a cell), unspliced (per spliced one), as the config's
    simulate.dentate_gyrus
    """
    n, genes = settings["cells"], settings["genes"]
    rng = np.random.default_rng(seed)
    dynamic, of_fate = int(DYNAMIC * genes), int(OF_FATE * genes)
    if of_fate < 10:
        raise InputError("simulate.dentate_gyrus.genes", f"{genes} genes cannot hold what is planted", "give 200")
    time = rng.random(n)
    fate = np.where(time > FATE_FROM, rng.integers(1, 3, n), 0)
    names = np.array([f"Gene{i:04d}" for i in range(1, genes + 1)])
    planted = np.split(names, np.cumsum([dynamic, of_fate, of_fate]))[:3]

    basal = rng.lognormal(0, ABUNDANCE_SD, genes)
    splicing, degradation = (rng.lognormal(np.log(median), 0.3, genes) for median in (SPLICING, DEGRADATION))
    degradation = np.where(abs(degradation - splicing) < 0.05, degradation + 0.1, degradation)  # rates have to differ
    up = rng.random(genes) < 0.6
    switched = basal * np.exp(np.where(up, 1, -1) * rng.normal(FOLD, 0.5, genes))
    start = rng.uniform(0, 0.85, genes)
    stop = np.where(rng.random(genes) < 0.5, start + rng.uniform(0.15, 0.5, genes), 2.0)
    switched[dynamic + 2 * of_fate :] = basal[dynamic + 2 * of_fate :]
    unspliced, spliced = kinetics(time, basal, switched, start, stop, splicing, degradation)
    for which in (1, 2):  # genes of a fate are switched on in its cells alone
        block = slice(dynamic + (which - 1) * of_fate, dynamic + which * of_fate)
        rates = basal[block], basal[block] * np.exp(FOLD), FATE_FROM, 2.0, splicing[block], degradation[block]
        own, none = kinetics(time, *rates), kinetics(np.zeros(n), *rates)
        unspliced[:, block], spliced[:, block] = (
            np.where((fate == which)[:, None], *pair) for pair in zip(own, none, strict=True)
        )

    depth = rng.lognormal(np.log(settings["spliced"]), DEPTH_SD, n)
    share = rng.lognormal(np.log(settings["unspliced"]), UNSPLICED_SD, n)
    layers = {
        "spliced": _drawn(spliced, depth, rng),
        "unspliced": _drawn(unspliced, depth * share, rng),
        "ambiguous": _drawn(spliced, depth * AMBIGUOUS, rng),
    }
    by_time = np.array(CLUSTERS, dtype=object)[np.digitize(time, np.linspace(0, FATE_FROM, 4)[1:3])]
    clusters = np.where(fate > 0, np.array([None, *FATES], dtype=object)[fate], by_time)
    cells = [f"{''.join(word)}-1" for word in np.array(list("ACGT"))[rng.integers(0, 4, (n, 16))]]
    obs = pd.DataFrame({"clusters": pd.Categorical(clusters), "age(days)": rng.choice(["12", "35"], n)}, index=cells)
    made = AnnData(layers["spliced"], obs=obs, var=pd.DataFrame(index=names), layers=layers)
    found = {name: list(map(str, one)) for name, one in zip(("dynamic", "fate_1", "fate_2"), planted, strict=True)}
    found |= {"seed": seed, "time": dict(zip(cells, np.round(time, 6).tolist(), strict=True))}
    with whole_file(path) as part:
        made.write_h5ad(part, compression="gzip")
    with whole_file(truth) as part:
        part.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found


def _drawn(expected: np.ndarray, depth: np.ndarray, rng: np.random.Generator) -> csr_matrix:
    """Poisson counts (n, genes) in the proportions of ``expected``, of ``depth`` (n,) in the mean."""
    return csr_matrix(rng.poisson(expected / expected.sum(axis=1, keepdims=True) * depth[:, None]).astype(np.float32))


if __name__ == "__main__":
    with step(snakemake) as log:
        params, outputs = snakemake.params, snakemake.output
        simulate(outputs.cells, outputs.truth, params.seed, params.settings)
        log.info("wrote %s", outputs.cells)
