"""Before the first job: are all published files here, or can they be had? All that cannot are found, not the first.

What no job can go on without is fetched ahead of all jobs, several files at a time. Where files cannot be had, a run
stops with a list of them, or (config ``missing: skip``) goes on without the parts that need them: these are noted in
results/<run>/missing.json, which says of each file what was wrong and how to get it.
"""

import json
import logging
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from running import CannotWrite, InputError, whole_file
from running.intact import RECEIPT
from running.step import FORMAT
from sources.check import asked
from sources.fetch import NotFetched, bring, places
from sources.registry import Registry, SourceFile

AT_ONCE = 8  # files that are asked for or fetched at a time

logger = logging.getLogger(__name__)


def fetch_ahead(
    keys: Iterable[str], sources: Path, registry: Registry, mirror: str | None, *, stop: bool, **patience: float
) -> dict[str, InputError]:
    """Fetch files (``dataset/name``) with their receipts; returns by file why it could not be had.

    stop : whether the run ends where a file is missing. Then nothing is downloaded once that is known; of files with an
        address it is asked whether one answers. patience : attempts and timeout, as of ``sources.fetch.fetch``
    """
    files = {key: registry.file(*key.split("/")) for key in sorted(set(keys))}
    fetch = partial(_fetched, sources=sources, registry=registry, mirror=mirror, **patience)
    missing = _at_once(fetch, [key for key, file in files.items() if not file.addresses])
    others = [key for key, file in files.items() if file.addresses]
    look = partial(_unanswered, sources=sources, registry=registry, mirror=mirror)
    return missing | _at_once(look if missing and stop else fetch, others)


def _fetched(key: str, sources: Path, registry: Registry, mirror: str | None, **patience: float) -> InputError | None:
    try:
        bring(key, sources, registry, mirror, **patience)
    except CannotWrite:
        raise  # of the disk, and not of the file
    except InputError as error:
        logger.warning("%s", error)
        return error
    return None


def _unanswered(key: str, sources: Path, registry: Registry, mirror: str | None) -> InputError | None:
    """Why ``key`` cannot be had, by what its addresses answer; None where one may have it, or it is here."""
    file, tried = registry.file(*key.split("/")), []
    if Path(sources, key).exists():
        return None
    for place in places(file, mirror):
        wrong = asked(file, place)[1] if "://" in place else None if Path(place).is_file() else "no such file"
        if wrong is None:
            return None
        tried.append((place, wrong))
    named = [f"{place if place in file.addresses else 'the mirror'}: {wrong}" for place, wrong in tried]
    return NotFetched(Path(sources, key), "; ".join(f"{place}: {wrong}" for place, wrong in tried), how(file), named)


def _at_once(action: Callable[[str], InputError | None], keys: list[str]) -> dict[str, InputError]:
    """Do it to all keys in a few threads, which are left behind on Ctrl-C; what went wrong, by key."""
    left, found, fatal = list(reversed(keys)), {}, []

    def work() -> None:
        while left and not fatal:
            key = left.pop()
            try:
                found[key] = action(key)
            except Exception as error:
                fatal.append(error)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(AT_ONCE, len(keys)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if fatal:
        raise fatal[0]
    return {key: error for key in keys if (error := found[key]) is not None}


def how(file: SourceFile) -> str:
    """How a person gets a file, and where it goes."""
    where = f"put it as {file.key} into the folder of sources, or into the mirror"
    if file.instructions:
        return f"how to get it: {' '.join(file.instructions.split())} Then {where}"
    return f"how to get it: by hand from {file.addresses[0]}; then {where}"


def listed(missing: dict[str, InputError], sources: Path, registry: Registry) -> str:
    """All missing files for the user, by dataset: what was wrong with each, and how to get them."""
    lines = [f"{len(missing)} published file{'s'[: len(missing) > 1]} of this run cannot be had."]
    for dataset in dict.fromkeys(key.partition("/")[0] for key in missing):
        lines.append(f"{dataset}:")
        for key, error in missing.items():
            if key.startswith(f"{dataset}/"):
                remedy = "" if isinstance(error, NotFetched) else f"; {error.remedy}"
                lines.append(f"  {error.file}: {error.problem}{remedy}")
        steps = registry[dataset].instructions or "From the addresses above, if they answer a browser."
        where = f"Then put each at {sources}/{dataset}/<file>, or as {dataset}/<file> into the mirror."
        lines.append(f"  How to get the file by hand: {' '.join(steps.split())} {where}")
    return "\n".join([*lines, "To go on without the parts that need them: --config missing=skip"])


@contextmanager
def log_to(path: Path) -> Iterator[None]:
    """While files are fetched, what is said of them goes to the log at ``path``, and not to the terminal."""
    path.parent.mkdir(parents=True, exist_ok=True)
    of_sources, handler = logging.getLogger("sources"), logging.FileHandler(path, mode="w")
    handler.setFormatter(logging.Formatter(FORMAT))
    before = of_sources.level, of_sources.propagate
    of_sources.addHandler(handler)
    of_sources.setLevel(logging.INFO)
    of_sources.propagate = False
    try:
        yield
    finally:
        of_sources.removeHandler(handler)
        of_sources.level, of_sources.propagate = before
        handler.close()


def note(path: Path, missing: dict[str, InputError], parts: dict[str, list[str]], registry: Registry) -> None:
    """Write down for ``missing: skip`` which files are missing, why, how to get them, and which ``parts`` need them."""
    content = {
        key: {
            "reason": "; ".join(error.tried) if isinstance(error, NotFetched) else error.problem,
            "how": how(registry.file(*key.split("/"))),
            "parts": parts[key],
        }
        for key, error in missing.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as part:
        part.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def noted(path: Path, *folders: Path | str | None) -> dict[str, dict[str, Any]]:
    """What was noted of files that are still missing: in none of the ``folders`` (sources, mirror), by any name."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    inside = [Path(folder) for folder in folders if folder and "://" not in str(folder)]
    return {key: about for key, about in known.items() if not any(_is_in(folder, key) for folder in inside)}


def _is_in(folder: Path, key: str) -> bool:
    """Whether the dataset's folder has the file, or one whose name holds its own without its suffixes."""
    dataset, name = key.split("/")
    like = re.compile(
        rf"(?!\.).*{re.escape(name.partition('.')[0])}(?![A-Za-z0-9]).*(?<!\.lock)(?<!{re.escape(RECEIPT)})"
    )
    return any(like.fullmatch(path.name) for path in folder.glob(f"{dataset}/*"))


def not_run(known: dict[str, dict[str, Any]]) -> dict[str, str]:
    """By part that is left out the reason in words, from what was noted."""
    reasons: dict[str, dict[str, dict[str, list[str]]]] = {}
    for key, about in known.items():
        remedy = about["how"].replace(key, f"{Path(key).parent}/<file>")
        for part in about["parts"]:
            reasons.setdefault(part, {}).setdefault(remedy, {}).setdefault(about["reason"], []).append(key)
    return {
        part: ". ".join(_in_words(remedy, of_files) for remedy, of_files in of.items()) for part, of in reasons.items()
    }


def _in_words(remedy: str, keys_of: dict[str, list[str]]) -> str:
    """One sentence for all files that are got in one way: each with its reason, and how to get them once."""
    return "; ".join([*(f"{', '.join(keys)} could not be had ({why})" for why, keys in keys_of.items()), remedy])
