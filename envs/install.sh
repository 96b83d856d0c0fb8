#!/bin/sh
# Make the environment of a lock: sh envs/install.sh FOLDER LOCK PYTHON [REQUIREMENT]; every target of `make` begins with it.
#
# PYTHON may be empty: then the newest one that fits. REQUIREMENT is installed after the lock, with whatever it needs.
# The stamp FOLDER/.installed-from-lock says whose a folder is and what is in it:
#   a hash               made here, from the lock with that hash: made again when the lock has another
#   "unfinished PROCESS" made here, and interrupted (or still going on)
#   nothing              somebody else's, who vouches for it: used as it is
# A folder without a stamp is somebody else's too, and is refused. So nothing is ever cleared but what was made here.
set -eu
folder=$1 lock=$2 python=$3 last=${4:-}
stamp=$folder/.installed-from-lock

say() { echo "$folder: $1"; }
stop() { echo "$folder: $1" >&2; exit 2; }
fits() { "$1" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' >/dev/null 2>&1; }
mark() { # by a rename: a full disk must not leave an empty stamp, which is somebody else's
  echo "$1" > "$stamp.new" && mv "$stamp.new" "$stamp" || { rm -f "$stamp.new"; exit 2; }
}
pip() { "$folder/bin/python" -m pip -qq --disable-pip-version-check "$@"; }
setting() { # what pip is told, by the environment or its files
  "$folder/bin/python" -m pip config list | sed -n "s/^[^=]*\.$1='\(.*\)'\$/\1/p" | head -n 1 | sed 's/\\n/ /g'
}
with_uv() { # as pip would, told of the same places; hashes make it safe to take the best match of all of them
  UV_COMPILE_BYTECODE_TIMEOUT=0 "$folder/bin/python" -m uv --quiet pip install --python "$folder/bin/python" --compile-bytecode \
    --index-strategy unsafe-best-match "$@"
}

[ -n "$folder" ] || { echo "VENV names no folder: leave it out, or make VENV=folder" >&2; exit 2; }
case $folder in /*) place=$folder ;; *) place=$PWD/$folder ;; esac
case $place in
  *[[:space:]\;\&\|\(\)\<\>\$\`\\\"\'\*\?\[\]\{\}\#\~\:]*)
    stop "Snakemake cannot start a Python whose path has a blank or a sign of the shell in it ($place): name a folder \
elsewhere, as in make VENV=/home/me/schema-venv, or move the checkout" ;;
esac

# Snakemake needs a place for its cache before it reads anything of this project.
cache=${XDG_CACHE_HOME:-${HOME:-}/.cache}
mkdir -p "$cache" 2>/dev/null && [ -w "$cache" ] || {
  echo "$cache: cannot be written, and Snakemake keeps its cache there: set XDG_CACHE_HOME to another folder" >&2
  exit 2
}

digest=$( (cat "$lock" && echo "$last") | (sha256sum 2>/dev/null || shasum -a 256) | cut -d ' ' -f 1)
found=$(cat "$stamp" 2>/dev/null || :)
if [ "$found" = "$digest" ] && "$folder/bin/python" -c '' 2>/dev/null; then
  exit 0
elif [ -n "$found" ]; then
  case $found in
    "$digest") why="its Python does not run any more" ;;
    unfinished*)
      ! kill -0 "${found#* }" 2>/dev/null || stop "process ${found#* } is installing there: wait for it, or remove the folder"
      why="the last installation did not finish" ;;
    *) why="$lock has changed" ;;
  esac
elif [ -e "$stamp" ] && [ -x "$folder/bin/python" ]; then
  say "used as it is: its .installed-from-lock is empty, so it was not installed by this make"
  exit 0
elif [ -L "$folder" ] && [ ! -e "$folder" ] || [ -n "$(ls -A "$folder" 2>/dev/null)" ]; then
  stop "was not made by this make, and is left alone: name another folder (make VENV=folder), or remove it; to use an \
environment of your own as it is, touch $stamp"
fi

if [ -n "$python" ]; then
  fits "$python" || stop "PYTHON=$python is no Python 3.11 to 3.13 with its module venv: name another"
else
  for candidate in python3.13 python3.12 python3.11 python3; do
    if fits "$candidate"; then python=$candidate; break; fi # run, since a command may be there and start nothing
  done
  [ -n "$python" ] || python=$(uv python find ">=3.11,<3.14" 2>/dev/null) || {
    uv python install 3.13 2>/dev/null && python=$(uv python find 3.13 2>/dev/null); } || :
  [ -n "$python" ] && fits "$python" || stop "needs Python 3.11, 3.12 or 3.13 with its module venv, and none is on the \
PATH: install one (on Debian: python3 and python3-venv), or uv, which fetches one"
fi
say "${why:+$why: }installing $lock with $("$python" -c 'import platform, sys; print("Python", platform.python_version(), sys.executable)')"

unset PIP_TARGET PIP_PREFIX PIP_ROOT PIP_USER PYTHONHOME PYTHONPATH # which would install, or look, somewhere else
mkdir -p "$folder"
mark "unfinished $$"
find "$folder/" -mindepth 1 -maxdepth 1 ! -name .installed-from-lock -exec rm -rf {} +
"$python" -m venv "$folder"

set --
for address in $(setting index-url); do set -- "$@" --default-index "$address"; done
for address in $(setting extra-index-url); do set -- "$@" --index "$address"; done
for address in $(setting find-links); do set -- "$@" --find-links "$address"; done
case $(setting no-index) in 1 | [Tt]rue | yes | on) set -- "$@" --no-index ;; esac
sed -n '/^uv==/,/[^\\]$/p' envs/requirements.lock > "$folder/uv.lock"
if pip install --no-deps --require-hashes --requirement "$folder/uv.lock" &&
  with_uv "$@" --no-deps --require-hashes --requirement "$lock" && { [ -z "$last" ] || with_uv "$@" "$last"; }; then
  :
else
  say "uv could not install it: trying with pip, which takes longer"
  pip install --no-deps --require-hashes --requirement "$lock"
  [ -z "$last" ] || pip install "$last"
fi
missing=$("$folder/bin/python" -m pip check) || stop "is not whole: $missing"
mark "$digest"
