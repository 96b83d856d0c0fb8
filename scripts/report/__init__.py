"""The report: captions filled from the ledger, tables as pages, run times, and Snakemake's own report."""
