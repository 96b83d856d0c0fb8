"""How a step of the workflow runs: its log, its errors, files that are whole or not there, methods that may fail."""

from running.errors import CannotWrite, InputError, plain, redacted
from running.files import read_table, scratch_folder, whole_file, whole_folder, write_parquet, write_table
from running.fresh_process import Status, baseline, read_status
from running.step import step

__all__ = [
    "CannotWrite",
    "InputError",
    "Status",
    "baseline",
    "plain",
    "read_status",
    "read_table",
    "redacted",
    "scratch_folder",
    "step",
    "whole_file",
    "whole_folder",
    "write_parquet",
    "write_table",
]
