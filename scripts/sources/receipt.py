"""A receipt beside each fetched file: what it is and whose, for the report and for anyone who finds the folder."""

from datetime import UTC, datetime
from pathlib import Path

import yaml

from running import whole_file
from sources.registry import Dataset
from sources.verify import digest

RECEIPT = ".receipt.yaml"  # what the name of a file's receipt ends in


def write_receipt(dataset: Dataset, name: str, target: Path, receipt: Path, origin: str) -> None:
    """Write dataset, licence, citation, address, origin, bytes, sha256, and by what the file was verified, as YAML.

    ``address`` is the first of the registry, where anyone may get the file; ``origin`` where this copy is from.
    """
    file = dataset.files[name]
    content = {
        "file": file.key,
        "title": dataset.title,
        "licence": dataset.licence,
        "citation": dataset.citation,
        "address": next(iter(file.addresses), None),
        "origin": origin,
        "bytes": target.stat().st_size,
        "sha256": digest(target, "sha256"),
        "verified": f"{file.algorithm} of the registry" if file.digest else "sha256 of its first download (pins.yaml)",
        "date": datetime.now(UTC).date().isoformat(),
    }
    with whole_file(receipt) as part:
        part.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
