"""Place the cells by methods, each in a process of its own: one that fails is then left out of the comparison."""

from pathlib import Path

from running import baseline, step

if __name__ == "__main__":
    with step(snakemake):
        params = snakemake.params
        counts = {"counts": str(snakemake.input.counts)} if snakemake.input.counts else {}
        given = {"settings": params.settings | counts, "factors": params.factors, "seed": params.seed}
        for name in params.methods:
            out = next(Path(path) for path in snakemake.output if Path(path).name == f"{name}.npz")
            files = {"result": out, "status": out.with_suffix(".json")}
            threads = snakemake.threads
            baseline(
                f"own.{params.module}:place",
                **files,
                threads=threads,
                cells=snakemake.input.cells,
                method=name,
                **given,
            )
