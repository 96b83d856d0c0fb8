"""Write a small TCR data set with a planted truth, in the publishers' own formats: the demo of Figure 5.

``tcr_10x/`` holds four matrices of 10x Genomics, with outliers of CD19, CD4 and CD14 for the filter to
remove, cells without binder, cells with 0 to 3 chains, and barcodes that recur across donors. ``vdjdb/``
holds builds of the motifs, bare or in the archive of a release. ``tcr_10x/truth.json`` says what was planted
(``tcr_truth``). Cells are independent: there are no expanded clones, and second chains know nothing.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np

from running import InputError, step, whole_file
from tcr.simulate.dextramers import simulate_donor
from tcr.simulate.truth import Truth, plant
from tcr.simulate.vdjdb import simulate_motifs

CELLS_PER_DONOR = (1500, 1500, 1500, 1500)
MOTIF_FILES = ("motif_pwms-2018-12-07.txt", "motif_pwms-2020-05-18.txt")
# [ours] Which build the published release of 20 May 2020 holds is not known; the simulated one holds this.
IN_RELEASE = {"2020-05-18": "2020-05-20"}
# In the published matrices 386 barcodes of 189,512 cells recur in another donor.
RECURRING = 386 / 189_512


def simulate(
    folder: Path | str,
    seed: int,
    cells_per_donor: Sequence[int] = CELLS_PER_DONOR,
    motif_files: Sequence[str] = MOTIF_FILES,
) -> Truth:
    """Write the files below ``folder`` and return what was planted; equal arguments give equal bytes.

    ``cells_per_donor``: one to four numbers, donors 1 to 4; ``motif_files``: names in ``vdjdb/`` with the
    date of a build (.txt) or of a release (.zip); those before 2020 are in the old layout.
    """
    folder = Path(folder)
    # A stream of its own for the truth, each donor and each build: adding a build changes no cell.
    streams = np.random.SeedSequence(seed).spawn(2)
    truth = plant(seed, np.random.default_rng(streams[0]))
    truth.write(folder / "tcr_10x" / "truth.json")
    earlier: list[str] = []
    donors = zip(cells_per_donor, streams[1].spawn(len(cells_per_donor)), strict=True)
    for donor, (cells, stream) in enumerate(donors, start=1):
        table = simulate_donor(donor, cells, truth, np.random.default_rng(stream))
        own = table["barcode"].tolist()
        again = earlier[-int(np.ceil(RECURRING * cells)) :]
        table["barcode"] = again + own[len(again) :]
        earlier = own
        name = f"vdj_v1_hs_aggregated_donor{donor}_binarized_matrix.csv"
        with whole_file(folder / "tcr_10x" / name) as part:
            table.to_csv(part, index=False, lineterminator="\n")
    for name in motif_files:
        with whole_file(folder / "vdjdb" / name) as part:
            _write_motifs(part, name, seed, truth)
    return truth


def _write_motifs(path: Path, name: str, seed: int, truth: Truth) -> None:
    date = re.search(r"\d{4}-\d{2}-\d{2}", name)[0]
    number = int(IN_RELEASE.get(date, date).replace("-", ""))
    motifs = simulate_motifs(date, truth, np.random.default_rng(np.random.SeedSequence([seed, number])))
    text = motifs.to_csv(sep="\t", index=False, lineterminator="\n", float_format="%.15g")
    if not name.endswith(".zip"):
        path.write_text(text, encoding="utf-8")
        return
    # The date inside is the release's, so that two runs give the same bytes.
    info = ZipInfo("motif_pwms.txt", date_time=(*map(int, date.split("-")), 0, 0, 0))
    with ZipFile(path, "w") as archive:
        archive.writestr(info, text, compress_type=ZIP_DEFLATED)


if __name__ == "__main__":
    with step(snakemake):
        params, outputs = snakemake.params, [Path(path) for path in snakemake.output]
        folder = outputs[0].parent.parent  # each file lies in the folder of its data set
        simulate(folder, params.seed, params.cells_per_donor, params.motif_files)
        missing = [str(path) for path in outputs if not path.exists()]
        if missing:
            raise InputError(folder, f"the simulator does not write {missing}", "mend the rule's outputs or params")
