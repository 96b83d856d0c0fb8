"""Which part of the config each method's script is given."""

from typing import Any

from sci_car.methods.table import METHODS


def settings_of(method: str, block: dict[str, Any]) -> dict[str, Any]:
    """The method's own arguments, and the keys of the config's ``block`` sci_car that it needs."""
    known = block | block["deep"]
    return METHODS[method].arguments | {key: known[key] for key in METHODS[method].needs}
