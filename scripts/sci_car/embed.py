"""Run one method on the cells. One that fails leaves its reason, and the rest goes on."""

from running import baseline, step

if __name__ == "__main__":
    with step(snakemake):  # noqa: F821
        outputs, params = snakemake.output, snakemake.params  # noqa: F821
        baseline(
            f"sci_car.methods.{params.module}:embed",
            outputs.embedding,
            outputs.status,
            threads=snakemake.threads,  # noqa: F821
            seed=int(snakemake.wildcards.seed),  # noqa: F821
            **{params.reads: snakemake.input[0]},  # noqa: F821
            **params.arguments,
        )
