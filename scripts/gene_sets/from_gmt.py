"""Snakemake script: gene sets that are published as GMT, checked and cut to size."""

from formats.gmt import of_size, read_gmt, write_gmt
from running import step, whole_file

if __name__ == "__main__":
    with step(snakemake) as log:
        params = snakemake.params
        every = read_gmt(snakemake.input.sets)
        sets = of_size(every, params.min_size, params.max_size, named=params.named)
        log.info("%d of %d sets have %d to %d genes", len(sets), len(every), params.min_size, params.max_size)
        with whole_file(snakemake.output[0]) as part:
            write_gmt(sets, part)
