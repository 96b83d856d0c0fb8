"""How a step of the workflow runs: its log, its errors, and files that are whole or not there."""

from running.errors import InputError
from running.files import whole_file
from running.step import step

__all__ = ["InputError", "step", "whole_file"]
