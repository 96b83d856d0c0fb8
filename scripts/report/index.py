"""The reproduction as one page that reads like the paper: results/<run>/index.html.

Everything is in the page: pictures, style, and a script that adds filters and sorting to what can be read without it.
"""

import base64
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
from docutils.core import publish_parts
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL import Image

from evaluation.ledger import read_claims
from report.dots import dots, scale_of
from report.verdicts import ABOVE, STYLES, in_words, of_claims, of_planted
from running import InputError, read_table, step, whole_file

TEMPLATE, STYLE, SCRIPT = "index.html.j2", "index.css", "index.js"
WIDTH, QUALITY = 1440, 82  # pixels of a picture, and its quality as WebP
RST = {"file_insertion_enabled": False, "raw_enabled": False, "halt_level": 2, "report_level": 5}


def picture(path: Path) -> dict[str, Any]:
    """A PNG as an address that holds the whole of it, as WebP, with its width and height."""
    with Image.open(path) as image:
        shown = image.convert("RGB")
    shown.thumbnail((WIDTH, 10 * WIDTH))
    packed = io.BytesIO()
    shown.save(packed, "WEBP", quality=QUALITY)
    address = "data:image/webp;base64," + base64.b64encode(packed.getvalue()).decode("ascii")
    return {"src": address, "width": shown.width, "height": shown.height}


def html(caption: str, path: Path) -> str:
    """A caption in reStructuredText as HTML."""
    try:
        return publish_parts(caption, writer="html5", settings_overrides=RST)["body"].strip()
    except Exception as error:  # docutils has errors of its own kind for each of its steps
        raise InputError(path, f"is not a caption in reStructuredText: {error}", "mend its template") from error


def ranged(value: str, low: str, high: str) -> str:
    """A value with its range, where it has one."""
    return value if not value or not low or low == high else f"{value} ({low} to {high})"


def with_scale(claims: pd.DataFrame, kinds: Mapping[str, str]) -> Iterator[dict]:
    """The rows of the ledger as the page shows them; kinds : by id of a claim."""
    for row in claims.to_dict("records"):
        shown = row | {
            "anchor": slug(row["id"]),
            "range": ranged(row["ours"], row["low"], row["high"]),
            "against": ranged(row["control"], row["control_low"], row["control_high"]),
            "dots": "",
        }
        if scale := scale_of(kinds.get(row["id"], ""), row["paper"], row["ours"]):
            shown["dots"] = dots(scale, *(row[name] for name in ("paper", "ours", "low", "high", "control")))
        yield shown


def slug(text: str) -> str:
    """A name that can be the target of a link."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def variants_of(variants: pd.DataFrame, part: str) -> dict[str, list]:
    """The variants of a part as a table: columns that are not empty, and rows."""
    table = variants[variants["part"] == part].drop(columns=["part", "quantity"])
    table = table.loc[:, (table != "").any()]
    table = table.drop(columns=[column for column in ("control_id", "scope") if column in table])
    return {"columns": list(table.columns), "rows": table.to_numpy().tolist()}


def table(path: Path | str, columns: list[str] | None = None) -> dict[str, list]:
    """A table as it is, of its ``columns`` or of all."""
    found = read_table(path, text=True)
    return {
        "columns": columns or list(found.columns),
        "rows": found[columns or list(found.columns)].to_numpy().tolist(),
    }


def page(**content: Any) -> str:
    """The page, from what its template asks for."""
    here = Path(__file__).parent
    environment = Environment(
        loader=FileSystemLoader(here), undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    style, script = ((here / name).read_text(encoding="utf-8") for name in (STYLE, SCRIPT))
    return environment.get_template(TEMPLATE).render(style=style, script=script, styles=STYLES, above=ABOVE, **content)


def figures_of(part: str, figures: Mapping[str, Mapping], files: Mapping[str, Path]) -> Iterator[dict]:
    """The figures of a part with their pictures and captions.

    figures : by name, its part and its panels; files : "<name>.png" and "<name>.rst"
    """
    for name, about in figures.items():
        if about["part"] == part:
            caption = files[f"{name}.rst"]
            text = html(caption.read_text(encoding="utf-8"), caption)
            yield {"name": name, "title": about["panels"], "caption": text} | picture(files[f"{name}.png"])


def content(
    titles: Mapping[str, str],
    available: list[str],
    figures: Mapping,
    files: Mapping[str, Path],
    *,
    simulated: bool,
    not_run: Mapping[str, str] = MappingProxyType({}),
) -> dict:
    """What the template asks for.

    titles : of the parts of this run; available : all parts of the workflow; figures : as ``figures_of`` has them;
    files : every file that is shown, by its name; not_run : by part that was left out for want of a file, why
    """
    ran = {part: title for part, title in titles.items() if part not in not_run}
    planted = {part: read_table(files[f"{part}.tsv"], text=True) for part in ran if f"{part}.tsv" in files}
    claims, variants = (read_table(files[name], text=True) for name in ("claims.tsv", "variants.tsv"))
    kinds = {name: claim["kind"] for of_part in read_claims().values() for name, claim in of_part.items()}
    cells = of_planted(planted, ran) if simulated else of_claims(claims, titles)
    rows = list(with_scale(claims, kinds))
    parts = [
        {
            "name": part,
            "title": titles[part],
            "anchor": slug(part),
            "figures": list(figures_of(part, figures, files)),
            "claims": [] if simulated else [row for row in rows if row["part"] == part],
            "variants": variants_of(variants, part),
            "planted": planted[part].to_dict("records") if part in planted else [],
        }
        for part in sorted(ran, key=ran.__getitem__)
    ]
    absent = claims[~claims["part"].isin(list(ran))]
    return {
        "run": dict(read_table(files["run.tsv"], text=True).itertuples(index=False)),
        "available": available,
        "words": in_words(cells),
        "groups": {name: found.to_dict("records") for name, found in cells.groupby("group", sort=False)},
        "parts": parts,
        "absent": {part: found.to_dict("records") for part, found in absent.groupby("part", sort=False)},
        "not_run": claims[(claims["verdict"] == "not run") & claims["part"].isin(list(ran))].to_dict("records"),
        "titles": titles,
        "without": not_run,
        "simulated": simulated,
        "slug": slug,
        "tables": {
            "inputs": table(files["inputs.tsv"], ["file", "bytes", "sha256", "origin", "licence", "date"]),
            "run": table(files["run.tsv"]),
            "software": table(files["software.tsv"]),
            "run_times": table(files["run_times.tsv"]),
        },
    }


if __name__ == "__main__":
    with step(snakemake):
        params = snakemake.params
        files = {Path(path).name: Path(path) for path in snakemake.input}
        how = {"simulated": params.simulated, "not_run": params.not_run}
        text = page(**content(params.titles, params.available, params.figures, files, **how))
        with whole_file(snakemake.output[0]) as part:
            part.write_text(text, encoding="utf-8")
