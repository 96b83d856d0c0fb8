#!/bin/sh
# The core as a package, in an environment of its own: sh envs/package.sh UV PYTHON RESOLUTION test|docs
#
# RESOLUTION is uv's: "highest" takes the newest versions within pyproject.toml's ranges, "lowest-direct" the oldest.
set -eu
uv=$1 python=${2:-3.11} resolution=$3 what=$4
command -v "$uv" >/dev/null || { echo "$uv is not there: name uv, as in make package UV=uv, or run make environment" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset PYTHONPATH PYTHONHOME

"$uv" build --quiet --out-dir "$folder/dist"
"$uv" venv --quiet --python "$python" "$folder/venv"
export VIRTUAL_ENV="$folder/venv"
"$uv" pip install --quiet --resolution "$resolution" --requirements pyproject.toml --extra anndata --extra plot --extra sketch --group "$what"
"$uv" pip install --quiet --no-deps "$folder"/dist/*.whl
echo "$("$VIRTUAL_ENV/bin/python" --version) with $("$uv" pip freeze --quiet | grep -v file: | tr '\n' ' ')"

if [ "$what" = docs ]; then
  "$VIRTUAL_ENV/bin/python" scripts/maintenance/api.py results/api
  exit
fi
foreign=$("$VIRTUAL_ENV/bin/python" -m zipfile --list "$folder"/dist/*.whl | sed 1d | grep -v '^schema_core' || :)
[ -z "$foreign" ] || { echo "the wheel holds more than schema_core: $foreign" >&2; exit 1; }
# test_core_released compares with another package, which is not among what this one needs
"$VIRTUAL_ENV/bin/python" -m pytest --noconftest -o pythonpath= \
  $(ls workflow_tests/unit/test_core_*.py | grep -v test_core_released)
