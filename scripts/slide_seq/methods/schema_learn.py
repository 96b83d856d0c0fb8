"""The authors' released package on the same ensemble.

A least correlation that no point of its grid reaches, be it feasible
or not, ends in an IndexError. Thresholds are therefore tried from the one asked for downwards, as its authors' script
does, but from one that is known to be feasible.
"""

import logging
import time

import anndata
import numpy as np

from baselines.schema_learn import run_schema_learn
from running import write_parquet
from schema_core import max_correlation
from slide_seq.ensemble import averaged, covariances_of
from slide_seq.methods.schema import load_factors
from slide_seq.ranking import ranking

TRIED = (1.0, 0.99, 0.97, 0.94, 0.9, 0.8, 0.7, 0.5)  # shares of the threshold that is asked for
MOST_RATIO = 1000.0  # of a weight to the mean: no cap

logger = logging.getLogger(__name__)


def released_weights(
    W: np.ndarray,
    density: np.ndarray,
    cluster: np.ndarray,
    *,
    s: float,
    density_weight: float,
    pairs: int,
    settings: dict,
) -> np.ndarray | None:
    """Weights (k,), mean 1, of the released package; None where no point of its grid reaches s."""
    others = [number for number in settings["others"] if (cluster == number).any()]
    values = [density, *((cluster == number).astype(int) for number in others)]
    kinds = ["numeric", *["categorical"] * len(others)]
    gamma = [density_weight, *[settings["other_weight"]] * len(others)]
    options = {"min_correlation": s, "max_weight_ratio": MOST_RATIO, "pairs": pairs}
    granule = (cluster == settings["granule"]).astype(float)
    try:
        return run_schema_learn(W, values, kinds, gamma, reference=granule, **options).feature_weights()
    except IndexError:
        return None


def ensemble(W: np.ndarray, density: np.ndarray, cluster: np.ndarray, settings: dict) -> list[np.ndarray]:
    """Weights of each sub-run of settings["density_weights"] x settings["correlation_shares"]."""
    covariances = covariances_of(W, density, cluster, settings["granule"], settings["others"])
    most, found = max_correlation(covariances), []
    for density_weight in settings["density_weights"]:
        for share in settings["correlation_shares"]:
            for part in TRIED:
                start, given = time.perf_counter(), {"density_weight": density_weight, "pairs": settings["pairs"]}
                weights = released_weights(W, density, cluster, s=part * share * most, settings=settings, **given)
                seconds = time.perf_counter() - start
                words = "found" if weights is not None else "not found"
                logger.info("w %g, s %.4f: %s in %.1f s", density_weight, part * share * most, words, seconds)
                if weights is not None:
                    found.append(weights)
                    break
    if not found:
        raise ValueError("schema_learn found no weights at any threshold")
    return found


def rank(out: str, beads: str, settings: dict, seed: int) -> None:
    """Write the ranking of one puck to ``out``, observed positions only; ``seed`` is the package's own."""
    data = anndata.read_h5ad(beads)
    W, H = load_factors(settings["factors"])
    density, cluster = data.obs["density_observed"].to_numpy(), data.obs["cluster"].to_numpy()
    score = averaged(ensemble(W, density, cluster, settings), H, settings["weight_cap"])
    write_parquet(ranking(data.var_names, score, method="schema_learn", positions="observed"), out, index=False)
