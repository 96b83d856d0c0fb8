"""The core's API reference, as HTML made by pdoc from the docstrings of the installed package; every link is checked.

python scripts/maintenance/api.py FOLDER
"""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag

import pdoc

import schema_core


class Page(HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self, path: Path):
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list) -> None:
        """Collect them."""
        found = dict(attrs)
        self.anchors |= {found["id"]} if "id" in found else set()
        self.links += [found["href"]] if tag == "a" and "href" in found else []


def build(folder: Path) -> None:
    """Write the reference into a folder."""
    for name in schema_core.__all__:
        getattr(schema_core, name)  # which puts it where pdoc looks
    converted = pdoc.docstrings.convert
    pdoc.docstrings.convert = lambda text, *rest: converted(re.sub(r":(?:func|class|meth|mod):(?=`)", "", text), *rest)
    pdoc.render.configure(docformat="numpy", footer_text=f"schema-core {schema_core.__version__}")
    pdoc.pdoc("schema_core", output_directory=folder)


def broken_links(folder: Path) -> list[str]:
    """Links between the pages of a folder that lead nowhere."""
    pages = {path.resolve(): Page(path) for path in folder.rglob("*.html")}
    broken = []
    for path, page in pages.items():
        for link in page.links:
            place, anchor = urldefrag(link)
            target = (path.parent / place).resolve() if place else path
            if "://" not in link and (target not in pages or (anchor and anchor not in pages[target].anchors)):
                broken.append(f"{path.relative_to(folder.resolve())}: {link}")
    return broken


if __name__ == "__main__":
    made = Path(sys.argv[1])
    build(made)
    wrong = broken_links(made)
    print(*wrong or [f"{made}/index.html: {len(list(made.rglob('*.html')))} pages, and no link is broken"], sep="\n")
    sys.exit(bool(wrong))
