"""The list of claims is whole, agrees with what the paper prints, and no tolerance reaches a null."""

import math
import re
import shutil

import pytest
import yaml
from conftest import REPOSITORY

from evaluation.ledger import read_claims
from evaluation.values import printed
from evaluation.verdict import held_against
from running import InputError

# What the paper says of its results, from its first page to its last: where, the number or statement, and its claim.
# Its numbers that are settings (100 components, k = 300) are in the config.
PAPER = [
    ("Introduction; Fig 2; Methods", "11,296", "cells.joint"),
    ("Methods", "247,293", "cells.atac_peaks"),
    ("Results; Fig S3", "0.28 %", "cells.atac_density"),
    ("Methods", "2629", "cells.windows"),
    ("Results", "the most numerous cells are of the proximal tubule", "cells.proximal"),
    ("Results; Methods", "0.99", "schema.correlation"),
    ("Fig 2f", "0.40", "ari.rna"),
    ("Fig 2f", "0.04", "ari.atac"),
    ("Fig 2a", "ATAC relatively better at the proximal tubule", "ari.atac_proximal"),
    ("Fig 2f", "0.46", "ari.schema"),
    ("Fig 2f", "higher, especially for the proximal tubule", "ari.schema_proximal"),
    ("Introduction", "11", "ari.gain"),
    ("Fig 2f", "0.31", "ari.cca"),
    ("Methods", "0.20", "ari.pseudocell"),
    ("Methods", "robust to the choice of k", "ari.pseudocell_k"),
    ("Results", "0.365", "ari.scvi_rna"),
    ("Results", "0.038", "ari.scvi_atac"),
    ("Results; Fig S3B", "0.0043", "ari.totalvi"),
    ("Methods", "0.088", "ari.totalvi_synthetic"),
    ("Fig 2e", "6.7e-15", "ari.pt_gain"),
    ("Results", "0.01", "genes.pt_de"),
    ("Results", "Pnisr, Ankrd11, Kmt2c", "genes.top"),
    ("Results", "0.0103", "go.macromolecule"),
    ("Results", "0.0133", "go.nitrogen"),
    ("Fig 3", "0, 1, 3, 6, 9, 15, 30, 50", "fly.ages"),
    ("Results", "0.365", "dpt.original"),
    ("Results", "0.405", "dpt.schema_0.999"),
    ("Results", "0.436", "dpt.schema_0.99"),
    ("Results; Fig S6", "0.059", "dpt.cca"),
    ("Fig 3c", "a limited distortion shows age", "umap.age_0.99"),
    ("Fig 3b-d", "more with a smaller s", "umap.age_with_distortion"),
    ("Fig S6", "CCA less clear", "umap.age_cca"),
    ("Results", "1e-21", "fly.de_overlap"),
    ("Fig 3e", "Rm62, CG5010, IscU", "fly.early_genes"),
    ("Fig 3e", "RpL22, RpL23A", "fly.late_genes"),
    ("Introduction; Fig 4", "62,468", "slide.beads"),
    ("Table S1", "20,823", "slide.beads_per_puck"),
    ("Table S1", "17,607", "slide.genes_per_puck"),
    ("Fig 4b", "granule cells of high and low density", "slide.granule_density"),
    ("Fig 4d", "genes of densely packed granule cells", "slide.dense_genes"),
    ("Fig 4e", "0.68", "robust.schema"),
    ("Results", "more consistently preserved between pairs of replicates than by CCA", "robust.schema_above_cca"),
    ("Fig 4e", "0.46", "robust.cca"),
    ("Methods", "one-step CCA comparable or worse", "robust.cca_one_step"),
    ("Fig 4e", "0.089", "robust.spatialde"),
    ("Fig 4e", "-0.002", "robust.trendsceek"),
    ("Fig 4e", "robust across replicates", "robust.other_pucks"),
    ("Results", "SpatialDE slower", "time.spatialde"),
    ("Results", "Trendsceek slower", "time.trendsceek"),
    ("Results", "69.1 %", "go.schema_3of3"),
    ("Results", "78 %", "go.schema_2of3"),
    ("Results", "35.7 %", "go.cca_3of3"),
    ("Results", "59.5 %", "go.cca_2of3"),
    ("Results", "1.8e-17", "go.ion_transport"),
    ("Results", "2.87e-11", "go.electron_transfer"),
    ("Results", "1.82e-3", "reactome.ion_channel"),
    ("Table S1", "34", "scale.time"),
    ("Table S1", "5", "scale.memory"),
    ("Introduction; Fig 5", "62,858", "tcr.cells"),
    ("Fig 5a", "44", "tcr.ligands"),
    ("Fig 5a; Methods", "12", "tcr.markers"),
    ("Fig 5c", "0.38", "tcr.alpha"),
    ("Fig 5d", "0.92", "tcr.beta"),
    ("Fig 5e", "0.74", "tcr.aa"),
    ("Fig 5e", "2e-4", "tcr.aa_p"),
    ("Fig 5c", "3-9", "tcr.alpha_low"),
    ("Fig 5d", "5-12", "tcr.beta_low"),
    ("Fig 5e", "cysteine's weight is low", "tcr.cysteine"),
    ("Fig 5e", "cysteine is rare", "tcr.cysteine_rare"),
    ("Methods", "0.101", "tcr.donor_sd_2"),
    ("Methods", "0.094", "tcr.donor_sd_3"),
    ("Methods", "0.166", "tcr.epitope_sd_2"),
    ("Methods", "0.164", "tcr.epitope_sd_3"),
    ("Results", "similar with an older VDJdb", "tcr.vdjdb_old"),
    ("Methods", "11.9", "vdjdb.alpha_len"),
    ("Methods", "12.5", "vdjdb.beta_len"),
    ("Methods", "13.5", "tcr.alpha_len"),
    ("Methods", "14.5", "tcr.beta_len"),
    ("Methods", "0.2 %", "tcr.longer_than_20"),
    ("Results; Fig S1", "16,152", "gastrulation.cells"),
    ("Results; Fig S1", "3", "gastrulation.stages"),
    ("Results; Fig S1", "2", "gastrulation.replicates"),
    ("Fig S1", "age is accounted for", "gastrulation.stage"),
    ("Fig S1", "batch effects are accounted for", "gastrulation.batch"),
    ("Results; Fig S1", "differential expression with batch accounted for", "gastrulation.genes"),
    ("Results; Fig S1", "differential expression of age", "gastrulation.overlap"),
    ("Results; Fig S2", "2930", "dentate.cells"),
    ("Fig S2", "agrees with scVelo", "dentate.velocity"),
    ("Fig S2", "velocity infused into distances", "dentate.distance"),
    ("Fig S2", "velocity infused into t-SNE", "dentate.tsne"),
    ("Fig S2", "velocity infused into t-SNE", "dentate.ranks"),
    ("Results; Methods", "well even with relatively small subsets", "sketching.weights"),
    ("Results; Text S5", "provably bounded error", "sketching.error"),
    ("Results", "greater representation of rare cell types", "sketching.rare_share"),
    ("Availability of data", "TADs of A549", "a549.tads"),
]  # fmt: skip
SHIPPED = {name: claim for part in read_claims().values() for name, claim in part.items()}


def test_ids_are_of_one_part_and_what_they_name_is_there():
    claims = read_claims(REPOSITORY / "config" / "claims.yaml")
    assert sum(map(len, claims.values())) == len(SHIPPED) >= 70
    for part in claims.values():
        for name, claim in part.items():
            for other in [*held_against(claim), *filter(None, [claim.get("control")])]:
                assert other.startswith("control.") or other in part, name


@pytest.mark.parametrize("name", [name for name, claim in SHIPPED.items() if "tolerance" in claim])
def test_no_tolerance_reaches_half_way_to_nothing(name):
    claim = SHIPPED[name]
    far = math.log10 if claim["kind"] == "pvalue" else float
    assert claim["tolerance"] <= abs(far(claim["paper"]) - far(claim["null"])) / 2
    assert claim["tolerance_reason"]


def test_what_the_paper_says_is_claimed_and_nothing_else():
    assert sorted(name for _, _, name in PAPER) == sorted(SHIPPED)


@pytest.mark.parametrize(("said", "name"), [(said, name) for _, said, name in PAPER])
def test_the_claim_has_the_papers_number(said, name):
    claim = SHIPPED[name]
    if claim["kind"] in ("order", "qualitative"):
        assert not isinstance(claim["paper"], (int, float))
    elif claim["kind"] in ("set", "contains"):
        assert printed(claim["paper"]) == said
    else:
        number, percent = re.fullmatch(r"(\S+?)( %)?", said.replace(",", "")).groups()
        assert float(number) / (100 if percent else 1) == pytest.approx(claim["paper"], rel=1e-12)


WHOLE = {
    "figure": "1",
    "quantity": "q",
    "paper": 1,
    "kind": "value",
    "tolerance": 0.1,
    "tolerance_reason": "r",
    "null": 0,
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tolerance": None}, "tolerance"),
        ({"tolerance_reason": None}, "tolerance_reason"),
        ({"kind": "count"}, "tolerance"),
        ({"null": None}, "null"),
        ({"kind": "order", "tolerance": None, "tolerance_reason": None}, "direction"),
        ({"direction": "over a.b"}, "over a.b"),
        ({"direction": ["above a.b"]}, "direction"),
        ({"tolerence": 1}, "tolerence"),
    ],
)
def test_a_claim_that_cannot_be_judged_is_refused(tmp_path, change, words):
    claim = {key: value for key, value in (WHOLE | change).items() if value is not None}
    (tmp_path / "claims.yaml").write_text(yaml.safe_dump({"part": {"a.b": claim}}))
    shutil.copy(REPOSITORY / "config/claims.schema.yaml", tmp_path)
    with pytest.raises(InputError, match=words) as refused:
        read_claims(tmp_path / "claims.yaml")
    assert "a.b" in str(refused.value)
    assert "\n" not in str(refused.value)
