"""Check what people write in YAML against its schema, and say in one line what to mend.

One checker for the config, the registry of sources and the claims.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from configuration.strict_yaml import read_yaml
from running import InputError, redacted


def check(content: Any, schema: Path | str, name: object) -> None:
    """Raise :class:`InputError` for the first mistake in ``content`` (and the count of the rest).

    ``schema`` is the path of a JSON schema in YAML; ``name`` says in the error what was checked.
    """
    errors = list(Draft202012Validator(read_yaml(Path(schema))).iter_errors(content))
    if not errors:
        return
    first = min(errors, key=lambda error: (error.validator != "additionalProperties", str(list(error.absolute_path))))
    place = ".".join(map(str, first.absolute_path)) or "the top"
    problem, remedy = _explain(first)
    problem = redacted(problem)  # it repeats what was given: a mirror, or an address, with a password
    more = f" (and {len(errors) - 1} more mistakes)" if len(errors) > 1 else ""
    raise InputError(name, f"at {place}: {problem}", f"{remedy}{more}")


def nearest(name: str, known: Iterable[str]) -> str:
    """Words that offer the known name most like the one given."""
    known = list(known)
    close = get_close_matches(str(name), known, n=1, cutoff=0)
    return f"the nearest is {close[0]!r} of {', '.join(known)}"


def _explain(error: ValidationError) -> tuple[str, str]:
    """What is wrong and what to do, in the schema's own words where it has some."""
    schema = error.schema if isinstance(error.schema, dict) else {}
    meaning = " ".join(schema.get("description", "see the schema").split())
    if error.validator == "additionalProperties" and schema.get("properties"):
        unknown = next(key for key in error.instance if key not in schema["properties"])
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
    return error.message, f"change it: {meaning}"
