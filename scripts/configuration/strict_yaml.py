"""Read YAML that people write, where what would be lost or taken for something else is a mistake, told with its line.

YAML 1.1, which Snakemake reads, takes the last of two equal keys, 2020-05-25 for a date, 010 for 8 and 12:30 for 750.
"""

import json
from collections.abc import Container, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from running import InputError

Loader = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # plain values only; the same in C, where PyYAML was built with it


class Document(NamedTuple):
    """A file, the values in it, and where it says them (None for JSON)."""

    path: Path
    content: Any
    root: yaml.Node | None

    def at(self, place: Sequence[str | int]) -> yaml.Node | None:
        """What is written for the value at ``place`` (keys, and positions in lists); None where nothing is."""
        node = self.root
        for step in place:
            if isinstance(node, yaml.MappingNode):
                node = next((value for key, value in node.value if key.value == step), None)
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
            else:
                return None
        return node


def read_yaml(path: Path) -> Any:
    """The plain values in the YAML file at ``path`` (None for an empty one); raises as :func:`read_document`."""
    return read_document(path).content


def read_document(path: Path, keys: Container[str] | None = None, name: str = "the file") -> Document:
    """Read YAML, or JSON, with the place of every value.

    keys : those at the top that are the reader's; below the others only repeated keys are refused
    name : of what is read, for errors

    Raises InputError, with the line, where the file is absent, is not YAML, gives a key twice, or holds what YAML takes
    for something that nobody means: a date, an octal or sexagesimal number, no number, a key that is no text.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(path, f"cannot be read ({error.strerror})", "check the path") from error
    except UnicodeDecodeError as error:
        raise InputError(path, f"is not text in UTF-8 ({error})", "save it as UTF-8") from error
    if text.lstrip().startswith("{"):  # JSON may be indented by tabs
        try:
            return Document(path, json.loads(text, object_pairs_hook=lambda pairs: _once(path, pairs)), None)
        except json.JSONDecodeError:
            pass  # a YAML mapping in braces
    loader = Loader(text)
    try:
        root = loader.get_single_node()
        _assert_clear(path, root, keys, name)
        return Document(path, None if root is None else loader.construct_document(root), root)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(path, f"line {line}: {error.problem}", "mend that line") from error
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            path, f"is not YAML text ({str(error).splitlines()[0]})", "write it as YAML in UTF-8"
        ) from error
    finally:
        loader.dispose()


def kind(node: yaml.Node) -> str:
    """What YAML takes a value for: str, int, float, bool, null, timestamp, map, seq, ..."""
    return node.tag.rpartition(":")[2]


def _once(path: Path, pairs: list[tuple[str, Any]]) -> dict:
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise InputError(path, f"key {key!r} twice", "keep one")
    return dict(pairs)


def _assert_clear(path: Path, root: yaml.Node | None, keys: Container[str] | None, name: str) -> None:
    seen: dict[tuple[int, str], int] = {}
    for place, holder, node, is_key in _walk(root):
        line, text = f"line {node.start_mark.line + 1}", node.value
        if is_key and seen.setdefault((id(holder), text), id(node)) != id(node):
            raise InputError(path, f"{line}: key {text!r} twice", "keep one")
        if keys is not None and (not place or place[0] not in keys):
            continue
        where = f"{line}, at {'.'.join(place)} of {name}"
        if is_key and kind(node) not in ("str", "merge"):
            raise InputError(path, f"{where}: the key {text} is not text", f'write "{text}"')
        if meaning := _nobody_means(node):
            raise InputError(path, f"{where}: {text} without quotes is read as {meaning}", f'write "{text}" for text')


def _walk(root: yaml.Node | None) -> Iterator[tuple[tuple[str, ...], yaml.Node, yaml.ScalarNode, bool]]:
    """Every scalar once: where it stands (a key: at itself), the node that holds it, itself, whether it is a key."""
    left, done = [((), root)], set()
    while left:
        place, node = left.pop()
        if isinstance(node, yaml.ScalarNode) or id(node) in done:
            continue
        done.add(id(node))
        for i, item in enumerate(node.value if node else ()):
            key, value = item if isinstance(node, yaml.MappingNode) else (None, item)
            below = (*place, str(i) if key is None else str(key.value))
            if isinstance(key, yaml.ScalarNode):
                yield below, node, key, True
            if isinstance(value, yaml.ScalarNode):
                yield below, node, value, False
            left.append((below, value))


def _nobody_means(node: yaml.ScalarNode) -> str | None:
    """What YAML makes of a value, where that is hardly ever what was meant."""
    text = node.value.lstrip("+-").replace("_", "")
    if node.style:  # in quotes
        return None
    if kind(node) == "timestamp":
        return "a date"
    if kind(node) in ("int", "float") and ":" in text:
        return "a number of minutes and seconds"
    if kind(node) == "int" and len(text) > 1 and text.isdecimal() and text[0] == "0":
        return f"the octal number {int(text, 8)}"
    if kind(node) == "float" and text.lower() in (".nan", ".inf"):
        return "what is no number"
    return None
