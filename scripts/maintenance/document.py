"""Write config/README.md from the config's schema, the guide and the registry, so that they cannot differ.

usage: python scripts/maintenance/document.py [--check]
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

CONFIG = Path(__file__).resolve().parents[2] / "config"
sys.path.insert(0, str(CONFIG.parent / "scripts"))

from configuration.check import read_schema  # noqa: E402
from configuration.strict_yaml import read_yaml  # noqa: E402


def leaves(schema: dict, definitions: dict, path: str = "") -> Iterator[tuple[str, dict]]:
    """Every key with its description, depth first; a key that holds others comes before them."""
    for name, node in schema.get("properties", {}).items():
        target = definitions.get(node.get("$ref", "").removeprefix("#/$defs/"), {})
        merged = target | node
        key = f"{path}.{name}" if path else name
        yield key, merged
        yield from leaves(merged, definitions, key)


def type_of(node: dict) -> str:
    """The type of a value in words: allowed values, or type with limits."""
    if "enum" in node:
        return " or ".join(f"`{value}`" for value in node["enum"])
    names = node.get("type", "")
    words = " or ".join(names) if isinstance(names, list) else names
    limits = [
        f"{sign} {node[key]}"
        for key, sign in (
            ("minimum", "≥"),
            ("exclusiveMinimum", ">"),
            ("maximum", "≤"),
            ("exclusiveMaximum", "<"),
        )
        if key in node
    ]
    if words == "array":
        return f"list of {type_of(node['items']) or 'pairs'}"
    return " ".join([words, ", ".join(limits)]).strip()


def hashes(registry: dict) -> str:
    """A table of the registry: by dataset how many files have a known hash, and how many are pinned when they come."""
    rows, total = [], [0, 0, 0]
    for name, dataset in registry.items():
        files = dataset["files"].values()
        known = sum("sha256" in file or "md5" in file for file in files)
        inside = sum("sha256" in member for file in files for member in file.get("members", {}).values())
        total = [a + b for a, b in zip(total, (known, len(files) - known, inside), strict=True)]
        rows.append(f"| `{name}` | {known} | {len(files) - known} | {inside} |")
    head = "| dataset | files with a known hash | files pinned on their first download | members with a known hash |"
    return "\n".join([head, "|---|---|---|---|", *rows, "| all | {} | {} | {} |".format(*total)])


def page(schema: dict, guide: str, registry: dict) -> str:
    """The whole page; ``{hashes}`` in the guide stands for the table of the registry."""
    guide = guide.replace("{hashes}", hashes(registry))
    lines = [
        "<!-- Written from config.schema.yaml, guide.md and datasets.yaml by `make docs`; change those. -->",
        "# Configuration",
        "",
        guide.strip(),
        "",
        "## Every key",
        "",
        " ".join(schema["description"].split()),
        "",
        "| key | type | default | meaning |",
        "|---|---|---|---|",
    ]
    for key, node in leaves(schema, schema.get("$defs", {})):
        default = f"`{json.dumps(node['default'])}`" if "default" in node else ""
        kind = "" if "properties" in node and "default" not in node else type_of(node)
        lines.append(f"| `{key}` | {kind} | {default} | {' '.join(node['description'].split())} |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the page, or with --check say whether it is current."""
    guide, registry = (CONFIG / "guide.md").read_text(encoding="utf-8"), read_yaml(CONFIG / "datasets.yaml")
    text = page(read_schema(CONFIG / "config.schema.yaml"), guide, registry)
    readme = CONFIG / "README.md"
    if "--check" in arguments:
        current = readme.exists() and readme.read_text(encoding="utf-8") == text
        print("config/README.md is current" if current else "config/README.md is stale: run `make docs`")
        return 0 if current else 1
    readme.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
