"""Gather the runs under every setting, and take Schema's gain over RNA alone in each."""

import pandas as pd

from running import read_table, step, write_table
from sci_car.figures.summarised import gain_in_words, gains

if __name__ == "__main__":
    with step(snakemake) as log:
        runs = [read_table(path) for path in snakemake.input.runs]
        table = gains(pd.concat(runs, ignore_index=True))
        log.info("%s", gain_in_words(table))
        write_table(table, snakemake.output[0])
