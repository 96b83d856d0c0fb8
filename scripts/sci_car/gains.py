"""Gather the runs under every setting, and take Schema's gain over RNA alone in each."""

import pandas as pd

from running import step, whole_file
from sci_car.figures.summarised import gain_in_words, gains

if __name__ == "__main__":
    with step(snakemake) as log, whole_file(snakemake.output[0]) as part:
        runs = [pd.read_csv(path, sep="\t", keep_default_na=False, na_values=[""]) for path in snakemake.input.runs]
        table = gains(pd.concat(runs, ignore_index=True))
        log.info("%s", gain_in_words(table))
        table.to_csv(part, sep="\t", index=False, float_format="%.8g")
