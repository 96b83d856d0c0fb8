"""The moments of one job's share of the rows, and what they took."""

import json
from pathlib import Path
from time import perf_counter, process_time, time

from own.rows import rows_of, share
from running import step, whole_file
from running.usage import peak_gigabytes

if __name__ == "__main__":
    with step(snakemake, in_part=["h5ad"]):
        began, start, busy = time(), perf_counter(), process_time()
        params, out = snakemake.params, snakemake.output
        n = json.loads(Path(snakemake.input.plan).read_text(encoding="utf-8"))["rows"]
        first, last = share(snakemake.wildcards.scatteritem, n)
        moments, reading = rows_of(params.h5ad, params.features, params.modalities, first, last, params.rows_per_chunk)
        with whole_file(out.moments) as part:
            moments.save(part)
        # on a shared machine the clock also counts others' work, the processor's time does not
        seconds = {"seconds": perf_counter() - start, "cpu_seconds": process_time() - busy, "read_seconds": reading}
        taken = {"rows": last - first, **seconds, "began": began, "ended": time(), "peak_gb": peak_gigabytes()}
        with whole_file(out.taken) as part:
            part.write_text(json.dumps(taken) + "\n", encoding="utf-8")
