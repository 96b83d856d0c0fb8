"""The scorecard and the page, from a ledger with every verdict: words, structure, and text that stays text."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import html5lib
import pandas as pd
import pytest
from page_files import CLAIMS, HOSTILE, PARTS, PLANTED, claims_table, write_page

from evaluation.verdict import VERDICTS
from plotting import house_style
from report.dots import dots, scale_of
from report.index import html
from report.scorecard import IN_ROW, draw
from report.verdicts import CELLS, FOUND, NOT_FOUND, STYLES, in_words, of_claims, of_planted
from running import InputError

XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(scope="module", params=[False, True], ids=["claims", "planted"])
def page(request, tmp_path_factory):
    return write_page(tmp_path_factory.mktemp("page"), simulated=request.param).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tree(page) -> ElementTree.Element:
    """The page as HTML5, every error of syntax raised."""
    return html5lib.HTMLParser(strict=True).parse(page)


def all_of(tree, *names):
    return [element for element in tree.iter() if str(element.tag).removeprefix(XHTML) in names]


def test_every_verdict_has_a_sign_and_a_colour_of_its_own():
    assert list(STYLES) == [*VERDICTS, FOUND, NOT_FOUND]
    of_verdicts = [STYLES[name] for name in VERDICTS]
    assert len({style.sign for style in of_verdicts}) == len({style.colour for style in of_verdicts}) == len(VERDICTS)


def test_words_count_every_claim_once():
    cells = of_claims(claims_table(), PARTS)
    assert list(cells.columns) == CELLS
    assert in_words(cells) == [
        "5 of 9 claims judged on the paper's own data: 2 reproduced, 1 direction only, 1 not distinguishable, "
        "1 differs.",
        "2 undecided, on other data or a part of it; there the comparison would say: 1 reproduced, 1 differs.",
        "2 not run.",
        "Of 3 claims with a control, 1 lies above it.",
    ]
    assert cells["group"].unique().tolist() == ["Figure 2: cells", "Figure 5: receptors", "Supplement"]
    assert in_words(cells[cells["verdict"] == "undecided"])[0] == "0 of 2 claims judged on the paper's own data."


def test_words_of_planted_effects_name_what_was_not_found():
    cells = of_planted(PLANTED, PARTS)
    assert in_words(cells) == ["2 of 3 planted effects found.", "Not found: locations 4 and 5 bind."]
    assert in_words(cells[cells["verdict"] == FOUND]) == ["2 of 2 planted effects found."]
    assert in_words(of_planted({}, PARTS)) == ["0 of 0 planted effects found."]


@pytest.mark.parametrize("times", [1, 9])
def test_the_scorecard_draws_a_cell_per_claim_within_its_frame(times):
    cells = pd.concat([of_claims(claims_table(), PARTS)] * times, ignore_index=True)
    assert times == 1 or cells["group"].value_counts().max() > IN_ROW
    with house_style():
        figure = draw(cells)
        figure.canvas.draw()
        (axes,) = figure.axes
        signs = Counter(text.get_text() for text in axes.texts)
        for text in axes.texts:
            box = text.get_window_extent().transformed(figure.transFigure.inverted())
            assert box.x0 >= 0
            assert box.x1 <= 1.001, text.get_text()
            assert box.y0 >= 0
            assert box.y1 <= 1, text.get_text()
    legend = 1
    assert signs[STYLES["differs"].sign] == times * 2 + legend  # one of them undecided
    assert signs[STYLES["not run"].sign] == times * 2 + legend


def test_the_page_is_html_with_a_heading_for_everything_in_order(tree):
    levels = [int(element.tag[-1]) for element in all_of(tree, "h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert tree.get("lang") == "en"
    assert len(all_of(tree, "main")) == 1


def test_pictures_have_words_and_links_lead_somewhere(tree):
    pictures = all_of(tree, "img")
    assert len(pictures) == 2
    assert all(len(picture.get("alt")) > 10 and picture.get("width") for picture in pictures)
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    targets = [link.get("href") for link in all_of(tree, "a")]
    assert {target[1:] for target in targets if target.startswith("#")} <= set(ids)
    assert all(
        (link.get("aria-label") or "".join(link.itertext())).strip() or all_of(link, "img")
        for link in all_of(tree, "a")
    )


def test_nothing_is_asked_of_the_network(page, tree):
    sources = [
        element.get(name)
        for element in tree.iter()
        for name in ("src", "srcset", "poster", "data")
        if element.get(name)
    ]
    assert all(source.startswith("data:image/webp;base64,") for source in sources)
    assert all_of(tree, "link", "iframe", "object", "embed") == []
    assert "@import" not in page
    assert "url(" not in page
    assert not re.search(r"\b(fetch|XMLHttpRequest|import)\s*\(", page)


def test_text_from_tables_stays_text(page, tree):
    assert HOSTILE not in page
    assert len(all_of(tree, "script")) == 1
    assert HOSTILE in "".join(tree.itertext())


def test_each_claim_or_effect_stands_once_with_its_verdict_in_words(page, tree):
    simulated = "Planted and found" in page
    rows = [row for row in all_of(tree, "tr") if row.get("data-verdict")]
    cells = [link for link in all_of(tree, "a") if link.get("data-verdict")]
    assert len(cells) == (3 if simulated else len(CLAIMS))
    assert len(rows) == (3 if simulated else len(CLAIMS) - 1)  # that of the supplement is in "What was not run"
    for row in rows:
        assert row.get("data-verdict").capitalize() in "".join(row.itertext())
    assert all(cell.get("data-verdict") in cell.get("aria-label") for cell in cells)
    assert ("make real MIRROR=folder" in page) == simulated


def test_a_caption_that_is_no_rst_is_one_line_and_takes_no_file():
    assert html("*a* b", Path("figure1.rst")) == "<p><em>a</em> b</p>"
    for wrong in ("**a", ".. include:: /etc/passwd", ".. raw:: html\n\n   <b>"):
        with pytest.raises(
            InputError, match=r"figure1\.rst: is not a caption in reStructuredText: .*; mend its template"
        ):
            html(wrong, Path("figure1.rst"))


def places(drawn):
    """The centres of the paper's diamond and of our disc."""
    root = ElementTree.fromstring(drawn)
    disc = next(element for element in root if element.get("class") == "ours")
    diamond = next(element for element in root if element.get("class") == "paper")
    return float(diamond.get("d")[1:].split()[0]), float(disc.get("cx"))


@pytest.mark.parametrize(
    ("kind", "paper", "ours", "name", "side"),
    [
        ("value", "0.4", "0.5", "value", 1),
        ("value", "0.4", "-0.9", "value", -1),
        ("pvalue", "0.001", "1e-09", "p or q", 1),  # surer is to the right
        ("upper_bound", "0.002", "0.001", "p or q", 1),
        ("upper_bound", "34", "20", "multiple", -1),
        ("count", "11296", "4753", "multiple", -1),
        ("count", "44", "44", "multiple", 0),
    ],
)
def test_dots_lie_on_the_side_that_they_should(kind, paper, ours, name, side):
    scale = scale_of(kind, paper, ours)
    assert scale.name == name
    diamond, disc = places(dots(scale, paper, ours, "", "", "0.1"))
    assert (disc > diamond) - (disc < diamond) == side
    assert all(0 < place < 180 for place in (diamond, disc))


@pytest.mark.parametrize(("paper", "ours"), [("3-9", "4"), ("0.4", "none"), ("0.4", ""), ("-3", "5")])
def test_what_is_no_number_is_not_drawn(paper, ours):
    assert scale_of("value", paper, ours) is None


def test_beyond_the_ends_of_a_line_dots_stay_on_it():
    for value in ("0", "1e-300"):
        assert places(dots(scale_of("pvalue", "1e-5", value), "1e-5", value, value, value))[1] == 171
    assert places(dots(scale_of("count", "10", "100000"), "10", "100000", "10", "1e9"))[1] == 171
