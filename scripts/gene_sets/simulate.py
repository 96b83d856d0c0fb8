"""Write small gene sets in the publishers' formats: an ontology with annotations (OBO, GAF), and a GMT.

Genes are called Gene0001, Gene0002, ... in every simulator. Half of the sets are blocks of 25 consecutive genes
(GO:9000001 is Gene0001 to Gene0025, GO:9000002 the next 25), so that an effect that is planted in a block comes out
as one enriched term; the other half are random sets, which should not. Some annotations say NOT, a few genes are
annotated to a part of a block alone (which belongs to the block by ``part_of``), and one term is obsolete: a reader
that gets one of these wrong finds other sets.
"""

import gzip
import json
from itertools import pairwise
from pathlib import Path

import numpy as np

from formats.gmt import GeneSet, write_gmt
from running import step, whole_file

BLOCK = 25
ROOT, BRANCH = "GO:0008150", "biological_process"
FIRST_BLOCK, FIRST_RANDOM, FIRST_PART, OBSOLETE = 9_000_001, 9_100_001, 9_200_001, "GO:9300001"
RANDOM_SIZES = (15, 60)  # [ours] genes in a random set: as usual in GO, and enough to be tested
PART = 5  # [ours] the last genes of a block that are annotated to its part only
NEGATED = 2  # [ours] genes of the next block with a NOT annotation to each block
OBO_HEADER = "format-version: 1.2\ndata-version: simulated\ndefault-namespace: gene_ontology\nontology: go\n\n"
GAF_HEADER = "!gaf-version: 2.1\n!\n!Simulated: no gene of any species.\n!\n"


def gene_names(count: int) -> list[str]:
    """Gene0001, Gene0002, ...: what the genes are called in every simulator."""
    return [f"Gene{number:04d}" for number in range(1, count + 1)]


def draw_sets(genes: int, rng: np.random.Generator) -> dict[str, GeneSet]:
    """The sets by GO term: genes // 25 blocks, and as many random sets."""
    names = np.array(gene_names(genes))
    sets = {}
    for block in range(genes // BLOCK):
        first, last = names[block * BLOCK], names[(block + 1) * BLOCK - 1]
        members = names[block * BLOCK : (block + 1) * BLOCK]
        sets[f"GO:{FIRST_BLOCK + block}"] = GeneSet(f"block of {first} to {last}", frozenset(members.tolist()), BRANCH)
    for number in range(genes // BLOCK):
        size = min(int(rng.integers(*RANDOM_SIZES, endpoint=True)), genes)
        members = rng.choice(names, size, replace=False)
        sets[f"GO:{FIRST_RANDOM + number}"] = GeneSet(f"random set {number + 1}", frozenset(members.tolist()), BRANCH)
    return sets


def simulate(folder: Path | str, genes: int, seed: int) -> dict[str, GeneSet]:
    """Write the files below ``folder`` and return the sets by GO term; equal arguments give equal bytes.

    ``gene_ontology/go-basic.obo`` and ``mgi.gaf.gz``, ``gene_ontology/truth.json``, and the same sets under
    Reactome's kind of names in ``reactome/m2.cp.reactome.v2024.1.Mm.symbols.gmt``.
    """
    folder = Path(folder)
    sets = draw_sets(genes, np.random.default_rng([seed, 9]))
    blocks = [term for term in sets if int(term[3:]) < FIRST_RANDOM]
    with whole_file(folder / "gene_ontology" / "go-basic.obo") as part:
        part.write_text(OBO_HEADER + _terms(sets, blocks), encoding="utf-8")
    text = GAF_HEADER + "".join(_annotations(sets, blocks))
    with whole_file(folder / "gene_ontology" / "mgi.gaf.gz") as part:
        part.write_bytes(gzip.compress(text.encode(), mtime=0))
    with whole_file(folder / "gene_ontology" / "truth.json") as part:
        truth = {"seed": seed, "sets": {term: sorted(one.genes) for term, one in sets.items()}}
        part.write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
    pathways = {f"REACTOME_SIMULATED_{term[3:]}": one._replace(branch="") for term, one in sets.items()}
    with whole_file(folder / "reactome" / "m2.cp.reactome.v2024.1.Mm.symbols.gmt") as part:
        write_gmt(pathways, part)
    return sets


def _part_of(block: str) -> str:
    return f"GO:{FIRST_PART + int(block[3:]) - FIRST_BLOCK}"


def _terms(sets: dict[str, GeneSet], blocks: list[str]) -> str:
    stanzas = [f"id: {ROOT}\nname: {BRANCH}\nnamespace: {BRANCH}\n"]
    for term, one in sets.items():
        stanzas.append(f"id: {term}\nname: {one.name}\nnamespace: {one.branch}\nis_a: {ROOT} ! root\n")
    for block in blocks:
        relations = f"is_a: {ROOT} ! root\nrelationship: part_of {block} ! {sets[block].name}\n"
        stanzas.append(f"id: {_part_of(block)}\nname: part of {block}\nnamespace: {BRANCH}\n{relations}")
    stanzas.append(f"id: {OBSOLETE}\nname: obsolete\nnamespace: {BRANCH}\nis_obsolete: true\n")
    typedef = "[Typedef]\nid: part_of\nname: part of\nnamespace: external\nis_transitive: true\n\n"
    return "".join(f"[Term]\n{stanza}\n" for stanza in stanzas) + typedef


def _annotations(sets: dict[str, GeneSet], blocks: list[str]) -> list[str]:
    lines = []
    for term, one in sets.items():
        genes = sorted(one.genes)
        within = genes[-PART:] if term in blocks else []
        lines += [_line(gene, _part_of(term) if gene in within else term) for gene in genes]
    for block, following in pairwise(blocks):
        lines += [_line(gene, block, qualifier="NOT") for gene in sorted(sets[following].genes)[:NEGATED]]
    lines.append(_line(gene_names(1)[0], OBSOLETE))
    return lines


def _line(gene: str, term: str, qualifier: str = "") -> str:
    """An annotation with the 17 columns of GAF 2.1."""
    identifier = f"MGI:{int(gene.removeprefix('Gene')):07d}"
    about = ["MGI:MGI:0000000", "IDA", "", "P", f"simulated {gene}", "", "protein_coding_gene", "taxon:10090"]
    return "\t".join(["MGI", identifier, gene, qualifier, term, *about, "20200601", "MGI", "", ""]) + "\n"


if __name__ == "__main__":
    with step(snakemake):
        # Each file lies in the folder of its data set.
        folder = Path(snakemake.output.terms).parents[1]
        simulate(folder, snakemake.params.genes, snakemake.params.seed)
