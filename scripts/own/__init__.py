"""Schema on one's own cells: by one job, or by jobs that sum rows; then one solve, tables, a comparison and a page."""
