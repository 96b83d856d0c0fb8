"""Where genes, peaks and topologically associating domains (TADs) lie, of which genome, and which lie together.

Places are in base pairs, intervals half-open. Chromosomes are called chr1 to chr22 and chrX here, whether a file has
the prefix or not. Joins of intervals are bioframe's.
"""

import logging
from collections.abc import Collection, Mapping
from pathlib import Path

import bioframe
import numpy as np
import pandas as pd

from formats.kinds import FILLED, LABEL, WHOLE, Kind
from formats.tables import Table, read_published
from running import InputError

BED = ("chr", "start", "end", "name", "score", "strand", "from", "to", "colour", "blocks", "sizes", "starts")
STRAND = Kind("+ or -", lambda texts: texts.where(texts.isin(["+", "-"])))
TSS = {"#Gene_IDs": LABEL, "CHROM": FILLED, "POS": WHOLE, "STRAND": STRAND, "Symbol": LABEL}
PAST_THE_END = 100  # bp: peak callers widen a peak, once past the end of its chromosome
SHIFT = 50_000  # bp: where a peak meets a start of transcription only by chance
NEAR = 1_000  # bp

logger = logging.getLogger(__name__)


def prefixed(chromosomes: pd.Series) -> pd.Series:
    """The names of chromosomes with their prefix: "1" and "chr1" are chr1."""
    return "chr" + chromosomes.astype(str).str.removeprefix("chr")


def read_tss(path: Path | str, build: str, published: Mapping | None = None) -> pd.DataFrame:
    """Starts of transcription, one a gene (rows by its identifiers): ``symbol``, ``chrom``, ``tss``, ``strand``.

    The table is GREAT's: #Gene_IDs, CHROM, POS, STRAND, Symbol. Several identifiers have commas between; a gene without
    any goes by its symbol. A gene with several places is left out, and the log says how many there are. Raises
    InputError for a gene that has neither name, and for a place past the end of its chromosome in ``build``.
    """
    table = read_published(path, TSS, comment=b"##", published=published)  # its header begins with "#"
    table.frame["gene"] = table.frame["#Gene_IDs"].fillna(table.frame["Symbol"])
    table.refuse(table.frame["gene"].isna(), "the place at {POS} has neither identifier nor symbol")
    assert_of_build(table, prefixed(table.frame["CHROM"]), table.frame["POS"], build)
    found = table.frame.rename(columns={"Symbol": "symbol", "POS": "tss", "STRAND": "strand"})
    found = found.assign(chrom=prefixed(found["CHROM"]))[["gene", "symbol", "chrom", "tss", "strand"]].drop_duplicates()
    several = found["gene"].duplicated(keep=False)
    if several.any():
        logger.info("%s: %d genes with several places are left out", path, found.loc[several, "gene"].nunique())
    return found[~several].set_index("gene")


def read_tads(path: Path | str, build: str, published: Mapping | None = None) -> pd.DataFrame:
    """Domains from a BED file (0-based, half-open): ``chrom``, ``start``, ``end``.

    Raises InputError for a domain that does not end after its start, is there twice, or ends past its chromosome in
    ``build``.
    """
    kinds = {"chr": FILLED, "start": WHOLE, "end": WHOLE}
    table = read_published(path, kinds, header=BED, optional=len(BED) - len(kinds), published=published)
    table.refuse(
        table.frame["end"] <= table.frame["start"], "the domain from {start} to {end} does not end after it starts"
    )
    table.once("end", "end of a domain with the same start", "chr", "start")
    assert_of_build(table, prefixed(table.frame["chr"]), table.frame["end"], build)
    return table.frame.assign(chrom=prefixed(table.frame["chr"]))[["chrom", "start", "end"]]


def assert_of_build(table: Table, chromosomes: pd.Series, ends: pd.Series, build: str, slack: int = 0) -> None:
    """Raise InputError for the first row past the end of its chromosome, or where no chromosome is known at all."""
    lengths = chromosomes.map(bioframe.assembly_info(build).chromsizes)
    if lengths.isna().all():
        problem = f"no row is on a chromosome of {build}; the first is on {chromosomes.iloc[0]!r}"
        raise InputError(table.name, problem, "give a file of human chromosomes, 1 to 22 and X")
    past = (ends > lengths + slack).to_numpy()
    if past.any():
        i = int(past.argmax())
        problem = (
            f"row {table.rows[i]}: {ends.iloc[i]} is past the end of {chromosomes.iloc[i]}, which has "
            f"{lengths.iloc[i]:.0f} bp in {build}; {past.sum()} of {len(past)} rows are"
        )
        raise InputError(table.name, problem, "the file is of another build: correct a549.builds, or give one of it")


def placed(genes: pd.DataFrame, tss: pd.DataFrame, what: str) -> pd.DataFrame:
    """The place of each gene: ``place`` (its row in ``tss``), ``chrom``, ``tss``, ``strand``; missing if it has none.

    genes : ``gene_id`` and ``symbol``. An Ensembl identifier counts without its version; other genes go by their
    symbol, where one place alone has it. Raises InputError, in the name of ``what``, where no gene has a place.
    """
    stable = genes["gene_id"].str.replace(r"\.\d+$", "", regex=True)
    identifiers = tss.index.to_series().str.split(",").explode().drop_duplicates(keep=False)
    symbols = tss["symbol"].dropna().drop_duplicates(keep=False)
    by_identifier, by_symbol = (pd.Series(one.index, index=one.to_numpy()) for one in (identifiers, symbols))
    known = stable.str.fullmatch(r"ENS[A-Z]*G\d{6,}")
    place = stable.map(by_identifier).where(known, genes["symbol"].map(by_symbol))
    if place.isna().all():
        problem = f"none of {len(genes)} genes has a start of transcription; the first is {genes['gene_id'].iloc[0]!r}"
        example = f"{tss.index[0]!r} or {tss['symbol'].iloc[0]!r}"
        raise InputError(what, problem, f"give genes and places of one species, called like {example}")
    found = tss[["chrom", "tss", "strand"]].reindex(place)
    return found.rename_axis("place").reset_index().set_axis(genes.index)


def domains_of(genes: pd.DataFrame, tads: pd.DataFrame) -> pd.DataFrame:
    """Which genes (``chrom``, ``tss``) lie in which domain: rows ``gene`` (its label), ``tad`` (its number)."""
    start = genes["tss"].to_numpy(dtype="int64")
    points = pd.DataFrame({"chrom": genes["chrom"].to_numpy(), "start": start, "end": start + 1, "gene": genes.index})
    joined = bioframe.overlap(points, tads.assign(tad=np.arange(len(tads))), how="inner")
    return pd.DataFrame({"gene": joined["gene"], "tad": joined["tad_"].astype("int64")}).sort_values(["tad", "gene"])


def pairs_near(genes: pd.DataFrame, peaks: pd.DataFrame, reach: int) -> pd.DataFrame:
    """Pairs of a gene and a peak within ``reach`` of its TSS, by their numbers: ``gene``, ``peak``, ``distance`` (bp).

    genes : ``chrom``, ``tss``, ``strand``; peaks : ``chrom``, ``start``, ``end``

    The distance is that of the peak's nearer edge: negative upstream of the TSS by the gene's strand, positive
    downstream, 0 where the peak crosses the TSS.
    """
    tss = genes["tss"].astype("int64").to_numpy()
    around = pd.DataFrame({"chrom": genes["chrom"].to_numpy(), "start": np.maximum(tss - reach, 0), "end": tss + reach})
    hits = bioframe.overlap(
        around, peaks.reset_index(drop=True), how="inner", return_input=False, return_index=True
    ).astype("int64")
    gene, peak = hits["index"].to_numpy(), hits["index_"].to_numpy()
    start, end, at = peaks["start"].to_numpy()[peak], peaks["end"].to_numpy()[peak], tss[gene]
    along = np.where(end <= at, end - 1 - at, np.where(start > at, start - at, 0))
    return pd.DataFrame(
        {"gene": gene, "peak": peak, "distance": np.where((genes["strand"] == "-").to_numpy()[gene], -along, along)}
    )


def at_starts(tss: pd.DataFrame, peaks: pd.DataFrame) -> tuple[float, float]:
    """The share of peaks within NEAR of a TSS, and the same with all TSS shifted: alike where builds differ."""
    shares = []
    for shift in (0, SHIFT):
        at = tss["tss"].to_numpy(dtype="int64") + shift
        around = pd.DataFrame({"chrom": tss["chrom"].to_numpy(), "start": np.maximum(at - NEAR, 0), "end": at + NEAR})
        shares.append(float((bioframe.count_overlaps(peaks.reset_index(drop=True), around)["count"] > 0).mean()))
    if shares[0] <= 2 * shares[1]:
        logger.warning("peaks meet starts of transcription no more than by chance: is a549.builds.peaks right?")
    return shares[0], shares[1]


def on(chromosomes: Collection[str], frame: pd.DataFrame) -> np.ndarray:
    """Which rows lie on one of the chromosomes, (n,) boolean."""
    return frame["chrom"].isin(chromosomes).to_numpy()
