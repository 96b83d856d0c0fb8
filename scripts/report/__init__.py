"""The report: captions filled from the ledger, tables as pages, software, run times, and Snakemake's own report."""
