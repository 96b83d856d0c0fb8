"""Run one method with one seed, in a process of its own: its failure is a result, which figure and ledger show."""

from running import baseline, step

if __name__ == "__main__":
    with step(snakemake):
        outputs, params = snakemake.output, snakemake.params
        baseline(
            f"sci_car.methods.{params.module}:embed",
            outputs.embedding,
            outputs.status,
            threads=snakemake.threads,
            seed=int(snakemake.wildcards.seed),
            **{params.reads: snakemake.input[0]},
            **params.arguments,
        )
