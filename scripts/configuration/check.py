"""Check what people write in YAML against its schema, and say in one line what to mend, and where.

One checker for the config, the registry of sources and the claims.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import reduce
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from configuration.strict_yaml import Document, kind, read_yaml
from running import InputError, redacted

# A whole number is one without a point: 4.0 rows cannot be counted out.
_TYPES = Draft202012Validator.TYPE_CHECKER.redefine(
    "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
)
Validator = extend(Draft202012Validator, type_checker=_TYPES)


def read_schema(path: Path | str) -> dict:
    """A JSON schema in YAML. Where ``enum`` is a text, "package.table:NAMES", it stands for the names in that table."""

    def filled(node: Any) -> Any:
        if isinstance(node, list):
            return [filled(below) for below in node]
        if not isinstance(node, dict):
            return node
        if isinstance(table := node.get("enum"), str):
            module, _, names = table.partition(":")
            return node | {"enum": list(getattr(import_module(module), names))}
        return {key: filled(below) for key, below in node.items()}

    return filled(read_yaml(Path(path)))


def check(content: Any, schema: Path | str, name: object, documents: Sequence[Document] = ()) -> None:
    """Raise :class:`InputError` for the first mistake in ``content`` (and the count of the rest).

    ``schema`` is the path of a JSON schema in YAML; ``name`` says in the error what was checked. ``documents`` are the
    files that ``content`` was merged from, in their order: an error then names the file and the line.
    """
    errors = list(Validator(read_schema(schema)).iter_errors(content))
    if not errors:
        return
    first = min(errors, key=lambda error: (error.validator != "additionalProperties", str(list(error.absolute_path))))
    place = list(first.absolute_path)
    problem, remedy = _explain(first)
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    where = f"at {'.'.join(map(str, place)) or 'the top'}"
    wrong = _unknown_key(first)
    file, node = _written(
        documents, place if wrong is None else [*place, wrong], first.instance if wrong is None else ...
    )
    if file:
        problem, remedy = _misread(first, node) or (problem, remedy)
        problem = redacted(problem)  # it repeats what was given: a mirror, or an address, with a password
        raise InputError(file, f"line {node.start_mark.line + 1}, {where} of {name}: {problem}", f"{remedy}{more}")
    if documents and first.validator == "type" and isinstance(first.instance, str) and len(place) > 1:
        remedy = "put it in a file (--configfile): what stands in brackets after --config is read as text"
    raise InputError(name, f"{where}: {redacted(problem)}", f"{remedy}{more}")


def expanded(config: dict, schema: Path | str, name: object) -> dict:
    """The config with `~` and variables of the environment put into what its schema calls a path.

    What exists as it is written is left so, and so is an address. Raises InputError for a variable that is not set, and
    for braces in any other text: Snakemake would take them for wildcards.
    """
    paths = {place for place, node in _leaves(read_schema(schema)) if node.get("format") == "path"}

    def inside(value: Any, place: tuple) -> Any:
        where = f"at {'.'.join(map(str, place))}"
        if isinstance(value, dict):
            return {key: inside(below, (*place, key)) for key, below in value.items()}
        if isinstance(value, list):
            return [inside(below, (*place, i)) for i, below in enumerate(value)]
        if not isinstance(value, str):
            return value
        if place not in paths:
            if set("{}") & set(value):
                raise InputError(
                    name, f"{where}: {value!r} has a brace, as wildcards of Snakemake have", "leave it out"
                )
            return value
        if "://" in value or Path(value).exists():
            return value
        full = os.path.expandvars(Path(value).expanduser())
        if unset := re.search(r"\$(\w+|\{[^}]*\})", full):
            raise InputError(
                name, f"{where}: {value!r} asks for the variable {unset[1]}, which is not set", "write the path"
            )
        return full

    return inside(config, ())


def nearest(name: str, known: Iterable[str]) -> str:
    """Words that offer the known name most like the one given."""
    known = list(known)
    close = get_close_matches(str(name), known, n=1, cutoff=0)
    return f"the nearest is {close[0]!r} of {', '.join(known)}"


def _leaves(schema: dict, place: tuple = ()) -> Iterator[tuple[tuple, dict]]:
    for key, node in schema.get("properties", {}).items():
        yield (*place, key), node
        yield from _leaves(node, (*place, key))


def _unknown_key(error: ValidationError) -> str | None:
    properties = error.schema.get("properties") if isinstance(error.schema, dict) else None
    if error.validator == "additionalProperties" and properties:
        return next(key for key in error.instance if key not in properties)
    return None


def _explain(error: ValidationError) -> tuple[str, str]:
    """What is wrong and what to do, in the schema's own words where it has some."""
    schema = error.schema if isinstance(error.schema, dict) else {}
    meaning = " ".join(schema.get("description", "see the schema").split())
    if (unknown := _unknown_key(error)) is not None:
        return f"unknown key {unknown!r}", nearest(unknown, schema["properties"])
    if error.validator == "enum":
        values = [str(value) for value in error.validator_value]
        return f"{error.instance!r} is not known", nearest(error.instance, values)
    if error.validator == "not":
        return error.validator_value["description"], f"change it: {meaning}"
    if error.validator == "additionalProperties":
        patterns = " or ".join(schema.get("patternProperties", {}))
        return f"a key does not match {patterns} ({error.message})", "rename it"
    if error.validator == "required":
        return error.message, "add it"
    if error.validator_value == "boolean" and error.instance in ("true", "false"):  # as --config gives it
        return error.message, f"write {error.instance.capitalize()} on the command line: {meaning}"
    return error.message, f"change it: {meaning}"


def _written(documents: Sequence[Document], place: list, value: Any) -> tuple[str | None, yaml.Node | None]:
    """The file, and what it says, that gave ``value`` (... for any) at ``place``; none where the command line did."""
    for document in reversed(documents):
        if (node := document.at(place)) is not None:
            if value is not ... and reduce(lambda inside, step: inside[step], place, document.content) != value:
                return None, None
            path = document.path
            return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path), node
    return None, None


def _misread(error: ValidationError, node: yaml.Node | None) -> tuple[str, str] | None:
    """What was written and how it was read, where YAML took it for another type than the one that is asked for."""
    if error.validator not in ("type", "enum") or not isinstance(node, yaml.ScalarNode):
        return None
    asked = error.validator_value
    asked = {"string"} if error.validator == "enum" else {asked} if isinstance(asked, str) else set(asked)
    text, read = node.value, kind(node)
    if read == "null":
        return f"{text or 'nothing'} is read as no value", "give one, or leave the key out"
    if "array" in asked:
        return f"{text} is no list", f"write [{text}]"
    if "object" in asked:
        return f"{text} is no block of keys", "give its keys in lines below it, indented"
    if "string" in asked and read != "str":
        as_read = error.instance if read != "bool" else str(error.instance).lower()
        return f"{text} without quotes is read as {as_read}, not as text", f'write "{text}"'
    if "boolean" in asked:
        return f"{text} is neither yes nor no", "write true or false"
    if {"number", "integer"} & asked:
        return f"{text} is read as {'text' if read == 'str' else error.instance}", _as_number(
            text, whole="number" not in asked
        )
    return None


def _as_number(text: str, whole: bool) -> str:
    """How to write a number that YAML did not take for one (YAML 1.1 wants 1.0e-4 for 1e-4)."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return f"write a {'whole ' * whole}number"
    if number.is_integer() and abs(number) < 1e15:
        return f"write {int(number)}"
    if whole:
        return "write a whole number"
    digits, e, exponent = repr(number).partition("e")
    return f"write {digits if '.' in digits else digits + '.0'}{e}{exponent}"
