"""Read one donor's binarized matrix: a cell's antibody counts, its CDR3 sequences, and the ligand it binds.

Source of the file: 10x Genomics, CD8+ T cells of four donors stained with 50 dextramers and 14 antibodies;
the paper's "Methods: Schema reveals CDR3 segments crucial to T cell receptor binding specificity". Its header has 118
columns, as published: the reader checks a file against it, and the simulator writes it. What a column is follows from
its name: the call of a dextramer ends ``_binder``, and the name of a negative control ends ``_NC``.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from formats.kinds import COUNT, FLAG, LABEL, NAME, Kind
from formats.tables import MEND, read_published
from running import InputError

CELL = ("barcode", "donor", "cell_clono_cdr3_aa", "cell_clono_cdr3_nt")
MARKERS = (
    "CD3",
    "CD19",
    "CD45RA",
    "CD4",
    "CD8a",
    "CD14",
    "CD45RO",
    "CD279_PD-1",
    "IgG1",
    "IgG2a",
    "IgG2b",
    "CD127",
    "CD197_CCR7",
    "HLA-DR",
)
DEXTRAMERS = (
    "A0101_VTEHDTLLY_IE-1_CMV",
    "A0201_KTWGQYWQV_gp100_Cancer",
    "A0201_ELAGIGILTV_MART-1_Cancer",
    "A0201_CLLWSFQTSA_Tyrosinase_Cancer",
    "A0201_IMDQVPFSV_gp100_Cancer",
    "A0201_SLLMWITQV_NY-ESO-1_Cancer",
    "A0201_KVAELVHFL_MAGE-A3_Cancer",
    "A0201_KVLEYVIKV_MAGE-A1_Cancer",
    "A0201_CLLGTYTQDV_Kanamycin-B-dioxygenase",
    "A0201_LLDFVRFMGV_EBNA-3B_EBV",
    "A0201_LLMGTLGIVC_HPV-16E7_82-91",
    "A0201_CLGGLLTMV_LMP-2A_EBV",
    "A0201_YLLEMLWRL_LMP1_EBV",
    "A0201_FLYALALLL_LMP2A_EBV",
    "A0201_GILGFVFTL_Flu-MP_Influenza",
    "A0201_GLCTLVAML_BMLF1_EBV",
    "A0201_NLVPMVATV_pp65_CMV",
    "A0201_ILKEPVHGV_RT_HIV",
    "A0201_FLASKIGRLV_Ca2-indepen-Plip-A2",
    "A2402_CYTWNQMNL_WT1-(235-243)236M_Y",
    "A0201_RTLNAWVKV_Gag-protein_HIV",
    "A0201_KLQCVDLHV_PSA146-154",
    "A0201_LLFGYPVYV_HTLV-1",
    "A0201_SLFNTVATL_Gag-protein_HIV",
    "A0201_SLYNTVATLY_Gag-protein_HIV",
    "A0201_SLFNTVATLY_Gag-protein_HIV",
    "A0201_RMFPNAPYL_WT-1",
    "A0201_YLNDHLEPWI_BCL-X_Cancer",
    "A0201_MLDLQPETT_16E7_HPV",
    "A0301_KLGGALQAK_IE-1_CMV",
    "A0301_RLRAEAQVK_EMNA-3A_EBV",
    "A0301_RIAAWMATY_BCL-2L1_Cancer",
    "A1101_IVTDFSVIK_EBNA-3B_EBV",
    "A1101_AVFDRKSDAK_EBNA-3B_EBV",
    "B3501_IPSINVHHY_pp65_CMV",
    "A2402_AYAQKIFKI_IE-1_CMV",
    "A2402_QYDPVAALF_pp65_CMV",
    "B0702_QPRAPIRPI_EBNA-6_EBV",
    "B0702_TPRVTGGGAM_pp65_CMV",
    "B0702_RPPIFIRRL_EBNA-3A_EBV",
    "B0702_RPHERNGFTVL_pp65_CMV",
    "B0801_RAKFKQLL_BZLF1_EBV",
    "B0801_ELRRKMMYM_IE-1_CMV",
    "B0801_FLRGRAYGL_EBNA-3A_EBV",
    "A0101_SLEGGGLGY_NC",
    "A0101_STEGGGLAY_NC",
    "A0201_ALIAPVHAV_NC",
    "A2402_AYSSAGASI_NC",
    "B0702_GPAESAAGL_NC",
    "NR(B0801)_AAKGRGAAL_NC",
)
HEADER = (*CELL, *MARKERS, *DEXTRAMERS, *(f"{name}_binder" for name in DEXTRAMERS))

BINDERS = tuple(column for column in HEADER if column.endswith("_binder"))
NEGATIVE_CONTROLS = tuple(name for name in DEXTRAMERS if name.endswith("_NC"))
LIGANDS = tuple(name for name in DEXTRAMERS if not name.endswith("_NC"))
ISOTYPE_CONTROLS = ("IgG1", "IgG2a", "IgG2b")  # antibodies that bind no protein of a T cell: what sticks by itself
PROTEINS = tuple(name for name in MARKERS if name not in ISOTYPE_CONTROLS)

CDR3 = "cell_clono_cdr3_aa"
DONOR = Kind("'donor' and a number", lambda texts: pd.to_numeric(texts.str.extract(r"^donor(\d{1,9})$", expand=False)))
KINDS = {"barcode": NAME, "donor": DONOR, CDR3: LABEL} | dict.fromkeys(MARKERS, COUNT) | dict.fromkeys(BINDERS, FLAG)
PANEL = (*LIGANDS, *NEGATIVE_CONTROLS)  # the order of BINDERS


def read_donor(path: Path | str, published: Mapping | None = None) -> pd.DataFrame:
    """Read the cells of a donor's file in the file's order; the index is their row in it.

    Columns: ``barcode`` (str), ``donor`` (int), ``cdr3`` (str, as published: "TRA:CAV...F;TRB:CAS...F"; empty for
    none), the 14 MARKERS (float32, UMI counts), ``ligand`` (category over the 44 LIGANDS and 6 NEGATIVE_CONTROLS;
    NA where the cell binds none). ``attrs["binders"]`` names the columns of calls that the file has. Raises
    InputError on anything the publisher's files do not hold.

    published : what the registry says of the file, see ``formats.published``
    """
    table = read_published(path, KINDS, published=published)
    cells = table.frame
    binders = [name for name in (*cells, *table.others) if name.endswith("_binder")]
    for name in binders:
        if name not in BINDERS:
            raise InputError(path, f"row 1: column {name!r} is of none of the 50 dextramers", MEND)
    bound = cells[list(BINDERS)].to_numpy()
    several = bound.sum(axis=1) > 1
    names = " and ".join(repr(BINDERS[i]) for i in np.flatnonzero(bound[several.argmax()]))
    table.refuse(several, f"{names} are True, where at most one may be")
    table.once("barcode", "cell", "donor")
    code = np.where(bound.any(axis=1), bound.argmax(axis=1), -1)
    cells = cells[["barcode", "donor"]].assign(cdr3=cells[CDR3].fillna(""), **cells[list(MARKERS)])
    cells = cells.assign(ligand=pd.Categorical.from_codes(code, categories=PANEL)).set_index(pd.Index(table.rows))
    cells.attrs["binders"] = binders
    return cells
