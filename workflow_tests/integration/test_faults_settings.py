"""A config that changes only s: what depends on it is made again and nothing else, and the run ends right."""

import pandas as pd
import pytest
from faults import LEDGER, RUN, assert_finished, jobs, run, unfinished

REPORT = {
    "report_ledger": 1,
    "report_captions": 1,
    "report_scorecard": 1,
    "report_index": 1,
    "report_run_times": 1,
    "report": 1,
    "all": 1,
}
REPORT |= {f"provenance_{what}": 1 for what in ("config", "workflow", "jobs", "inputs", "software", "run", "crate")}
# by the setting: the jobs of its part
DEPENDENT = {
    "tcr: {locations: {min_correlations: [0.02]}}": {
        "tcr_locations_core": 6,
        "tcr_scores": 1,
        "tcr_location_stability": 1,
        "tcr_claims": 1,
        "tcr_planted": 1,
        "tcr_figure5": 1,
    },
    "sci_car: {min_correlation: 0.98}": {
        "sci_car_embed_single_cell": 10,
        "sci_car_weights": 1,
        "sci_car_genes": 1,
        "sci_car_cluster": 1,
        "sci_car_costs": 1,
        "sci_car_score": 1,
        "sci_car_claims": 1,
        "sci_car_planted": 1,
        "sci_car_figure2": 1,
        "sci_car_figure2_methods": 1,
        "sci_car_figureS3": 1,
    },
    "fly_brain: {min_correlations: [0.999, 0.99, 0.95, 0.9, 0.5]}": {
        "fly_brain_weights": 2,
        "fly_brain_costs": 1,
        "fly_brain_embed": 2,
        "fly_brain_genes": 1,
        "fly_brain_pseudotime": 2,
        "fly_brain_claims": 1,
        "fly_brain_planted": 1,
        "fly_brain_figure3": 1,
        "fly_brain_figureS6": 1,
        "fly_brain_figure3_cost": 1,
    },
    "dentate_gyrus: {min_correlations: [0.99, 0.95, 0.8]}": {
        "dentate_gyrus_represent": 1,
        "dentate_gyrus_scores": 1,
        "dentate_gyrus_claims": 1,
        "dentate_gyrus_planted": 1,
        "dentate_gyrus_figureS2": 1,
    },
    "slide_seq: {ensemble: {correlation_shares: [1, 0.8]}}": {
        "slide_seq_schema": 3,
        "slide_seq_same_subset": 3,
        "slide_seq_scores": 1,
        "slide_seq_enrichment": 1,
        "slide_seq_claims": 1,
        "slide_seq_planted": 1,
        "slide_seq_figure4": 1,
        "slide_seq_figureS5": 1,
    },
}


@pytest.mark.parametrize("setting", DEPENDENT)
def test_a_change_of_s_reruns_what_depends_on_it(demo_run, setting, tmp_path):
    folder = unfinished(demo_run, tmp_path, ())
    (folder / "mine.yaml").write_text(setting)
    done = run(folder, "mine.yaml", "--dry-run", targets=["all"])
    assert jobs(done.stdout) == DEPENDENT[setting] | REPORT


@pytest.mark.slow
def test_s_changed_and_changed_back_ends_where_it_began(demo_run, tmp_path):
    folder = unfinished(demo_run, tmp_path, ())
    (folder / "mine.yaml").write_text("tcr: {locations: {min_correlations: [0.02]}}\n")
    before = {path: path.read_bytes() for path in (folder / RUN / "tcr/residues").iterdir()}
    run(folder, "mine.yaml")
    for path in (folder / RUN / "tcr/locations").iterdir():
        assert set(pd.read_csv(path, sep="\t")["min_correlation"]) == {0.02}
    assert before == {path: path.read_bytes() for path in before}
    run(folder)
    assert_finished(folder)
    assert (folder / LEDGER).read_bytes() == (demo_run / "claims.tsv").read_bytes()
