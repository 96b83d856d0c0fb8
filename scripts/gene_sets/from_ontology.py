"""Snakemake script: gene sets from a release of the Gene Ontology, as GMT. See ``gene_sets.ontology``."""

from formats.gmt import of_size, write_gmt
from gene_sets.ontology import propagated, read_annotations, read_terms
from running import step, whole_file

if __name__ == "__main__":
    with step(snakemake) as log:
        inputs, params = snakemake.input, snakemake.params
        every = propagated(read_annotations(inputs.annotations), read_terms(inputs.terms))
        sets = of_size(every, params.min_size, params.max_size)
        log.info("%d of %d terms have %d to %d genes", len(sets), len(every), params.min_size, params.max_size)
        with whole_file(snakemake.output[0]) as part:
            write_gmt(sets, part)
