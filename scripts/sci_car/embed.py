"""Run one method on the cells. One that fails leaves its reason, and the rest goes on."""

from running import baseline, step
from sci_car.methods import METHODS

if __name__ == "__main__":
    with step(snakemake):  # noqa: F821
        inputs, outputs, params = snakemake.input, snakemake.output, snakemake.params  # noqa: F821
        wildcards = snakemake.wildcards  # noqa: F821
        baseline(
            f"sci_car.methods.{METHODS[wildcards.method].module}:embed",
            outputs.embedding,
            outputs.status,
            threads=snakemake.threads,  # noqa: F821
            cells=inputs.cells,
            reduced=inputs.reduced,
            seed=int(wildcards.seed),
            **params.arguments,
        )
