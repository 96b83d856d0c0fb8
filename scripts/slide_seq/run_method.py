"""Run one method on one puck, in a process of its own: its failure is a result, which figure and ledger show."""

from running import step
from running.fresh_process import baseline

if __name__ == "__main__":
    with step(snakemake):
        inputs, outputs, params = snakemake.input, snakemake.output, snakemake.params
        settings = dict(params.settings) | {params.reads: str(inputs.beside)}
        given = {"beads": str(inputs.beads), "settings": settings, "seed": params.seed}
        threads = snakemake.threads
        baseline(f"slide_seq.methods.{params.module}:rank", outputs.ranking, outputs.status, threads=threads, **given)
