"""The truth that simulated A549 genes are made from: promoters that set expression, and programmes that fill domains.

A gene's level follows how open its promoter is, two peaks at and just before its start of transcription. All other
peaks, near or far, tell nothing. A quarter of the genes belong to programmes, whose level varies from cell to cell;
the genes of a programme lie in one domain. All other genes lie anywhere, and vary no more than counts do. Numbers
marked [data] are those of hg19 or of the real files at hand; all others are choices.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from running import whole_file

CHROMOSOMES = {"17": 81_195_210, "19": 59_128_983, "21": 48_129_895, "22": 51_304_566}  # [data] hg19, without prefix
STEP = 40_000  # [data] bp: domains are called in bins of 40 kb
DOMAIN_STEPS = (8, 40)  # of a domain
PROGRAMME = 5  # genes
PROGRAMME_SHARE = 0.25  # of all genes
EDGE = 30_000  # bp: genes keep from the ends of their domain
PROMOTER = (-450, 0)  # bp from the start of transcription, along the strand: the middles of promoters' peaks


@dataclass(frozen=True)
class Truth:
    """What was planted: programmes (identifiers of genes, one list a domain), and where promoters lie (PROMOTER)."""

    seed: int
    programmes: list[list[str]]
    promoter: tuple[int, int]

    def write(self, path: Path | str) -> None:
        """Write all fields as JSON."""
        with whole_file(path) as part:
            part.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def domain_table(chromosomes: Mapping[str, int], rng: np.random.Generator) -> pd.DataFrame:
    """Domains that follow each other on each chromosome, with some gaps, to its end: chr (chr17), start, end."""
    rows = []
    for name, size in chromosomes.items():
        start, last = 10 * STEP, size // STEP * STEP
        while start < last:
            end = min(start + STEP * int(rng.integers(*DOMAIN_STEPS)), last)
            rows.append((f"chr{name}", start, end))
            start = end + STEP * int(rng.random() < 0.3)
    return pd.DataFrame(rows, columns=["chr", "start", "end"])


def gene_table(count: int, total: int, domains: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Genes with a place, those of programmes first: id, symbol, chr, tss, strand, programme (-1: none), measured.

    count, total : how many are measured, and of all
    """
    programmes = round(count * PROGRAMME_SHARE / PROGRAMME)
    wide = domains[domains["end"] - domains["start"] > 4 * EDGE].reset_index(drop=True)
    own = rng.choice(len(wide), programmes, replace=False)
    programme = np.r_[np.arange(programmes).repeat(PROGRAMME), np.full(total - programmes * PROGRAMME, -1)]
    domain = np.where(programme >= 0, own[programme], rng.choice(len(wide), total))
    low, high = wide["start"].to_numpy()[domain] + EDGE, wide["end"].to_numpy()[domain] - EDGE
    return pd.DataFrame(
        {
            "id": [f"ENSG{number:011d}" for number in range(1, total + 1)],
            "symbol": [f"GENE{number}" for number in range(1, total + 1)],
            "chr": wide["chr"].to_numpy()[domain],
            "tss": rng.integers(low, high),
            "strand": rng.choice(["+", "-"], total),
            "programme": programme,
            "measured": np.arange(total) < count,
        }
    )
