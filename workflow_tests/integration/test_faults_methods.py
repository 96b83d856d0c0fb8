"""Methods that crash: the ledger and the figure show it with the reason, and nothing else is touched."""

import os
import signal

import pandas as pd
from conftest import REPOSITORY
from faults import LEDGER, RUN, Started, assert_whole, run, unfinished
from processes import until

from maintenance.golden import collect, moved_in

FIGURE = "results/demo/figures/figure2_methods.tsv"
EMBEDDINGS = RUN / "sci_car/embeddings"
KILLED = {300: signal.SIGSEGV, 500: signal.SIGKILL}  # pseudocells of k cells; by SIGKILL the kernel frees memory
OUT_OF_MEMORY = "failed: numpy._core._exceptions._ArrayMemoryError: Unable to allocate 218. TiB"
REASONS = {f"pseudocell_{k}": f"failed: ended by signal {number.name}" for k, number in KILLED.items()}
REASONS |= dict.fromkeys(["schema_learn", "schema_nmf_learn"], OUT_OF_MEMORY)


def test_methods_that_crash_do_not_sink_the_rest(demo_run, tmp_path):
    folder = unfinished(demo_run, tmp_path, tuple(EMBEDDINGS / f"pseudocell_{k}/0.parquet" for k in KILLED))
    # a setting that the schema allows and that no machine can serve
    (folder / "mine.yaml").write_text("sci_car: {schema_learn: {pairs: 10000000000000}}\n")
    going = Started(folder, "mine.yaml", targets=[FIGURE, LEDGER])
    left = dict(KILLED)

    def kill_each():
        for k in list(left):
            for process in going.jobs(f'"k": {k}'):
                os.kill(process, left.pop(k))
        return not left

    until(kill_each)
    assert going.ended() == 0, going.said()

    statuses = pd.read_csv(folder / RUN / "sci_car/methods.tsv", sep="\t").query("state == 'failed'")
    assert set(statuses["method"]) == set(REASONS)
    values = pd.read_csv(folder / RUN / "claims/sci_car.tsv", sep="\t", keep_default_na=False)
    drawn = pd.read_csv(folder / FIGURE, sep="\t").query("panel == 'a' and note == 'failed'")
    assert set(drawn["series"]) == set(REASONS)
    for method, reason in REASONS.items():
        rows = values[values["id"].str.startswith("ari.") & values["reason"].str.contains(reason, regex=False)]
        assert len(rows), method
        assert (rows["ours"] == "").all()
    moved = moved_in(REPOSITORY / "workflow_tests/golden/demo", collect(folder / RUN))
    assert (moved["is"] == "").all()
    assert_whole(folder)
    assert "Nothing to be done" in run(folder, "mine.yaml", "--dry-run", targets=[FIGURE, LEDGER]).stdout
