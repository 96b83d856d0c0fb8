"""The page in Chromium: on a desk and on a phone, light and dark, without scripts, by keyboard, and by axe."""

from importlib.resources import files

import pytest
import selenium_axe_python
from page_files import CLAIMS, write_page
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

WIDTHS = (1400, 400)
AXE = (files(selenium_axe_python) / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = "axe.run(document, {resultTypes: ['violations']}).then(arguments[arguments.length - 1])"


@pytest.fixture(scope="module", params=[False, True], ids=["claims", "planted"])
def page(request, tmp_path_factory):
    return write_page(tmp_path_factory.mktemp("page"), simulated=request.param).as_uri()


@pytest.fixture(scope="module")
def claims(tmp_path_factory):
    return write_page(tmp_path_factory.mktemp("page"), simulated=False).as_uri()


def show(browser, page, width=1400, scheme="light"):
    size = {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    browser.get(page)


def shown_rows(browser):
    return [row for row in browser.find_elements(By.CSS_SELECTOR, ".claims tbody tr") if row.is_displayed()]


def test_axe_finds_nothing_and_nothing_sticks_out(browser, page):
    browser.set_script_timeout(120)
    backgrounds = set()
    for scheme in ("light", "dark"):
        for width in WIDTHS:
            show(browser, page, width, scheme)
            browser.execute_script("document.querySelectorAll('details').forEach(one => { one.open = true })")
            browser.execute_script(AXE)
            found = browser.execute_async_script(RUN_AXE)["violations"]
            assert [(rule["id"], rule["impact"], rule["nodes"][0]["html"]) for rule in found] == []
            assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        backgrounds.add(browser.find_element(By.TAG_NAME, "body").value_of_css_property("background-color"))
    assert len(backgrounds) == 2
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_without_scripts_everything_can_be_read(open_browser, claims):
    browser = open_browser(scripts=False)
    browser.get(claims)
    assert len(shown_rows(browser)) == len(CLAIMS) - 1
    assert not browser.find_element(By.ID, "filters").is_displayed()
    browser.find_element(By.TAG_NAME, "summary").send_keys(Keys.ENTER)
    assert browser.find_element(By.CSS_SELECTOR, "details[open] table").is_displayed()


def test_filters_hide_rows_and_a_cell_brings_its_row_back(browser, claims):
    show(browser, claims)
    boxes = {box.get_attribute("value"): box for box in browser.find_elements(By.CSS_SELECTOR, "#filters input")}
    assert list(boxes) == ["reproduced", "direction only", "not distinguishable", "differs", "undecided", "not run"]
    boxes["reproduced"].send_keys(Keys.SPACE)
    assert {row.get_attribute("data-verdict") for row in shown_rows(browser)} == boxes.keys() - {"reproduced"}
    assert browser.find_element(By.CSS_SELECTOR, "[role=status]").text == f"{len(CLAIMS) - 2} of {len(CLAIMS)} shown"
    browser.find_element(By.CSS_SELECTOR, ".cell[href='#tcr-alpha']").send_keys(Keys.ENTER)
    assert browser.find_element(By.ID, "tcr-alpha").is_displayed()
    browser.find_element(By.CSS_SELECTOR, "#filters option:nth-child(2)").click()
    assert {row.get_attribute("data-figure") for row in shown_rows(browser)} == {"Figure 2: cells"}


def test_columns_sort_by_number_and_say_so(browser, claims):
    show(browser, claims)
    table = browser.find_elements(By.CSS_SELECTOR, ".claims")[1]
    head = table.find_elements(By.TAG_NAME, "th")[2]  # ours
    for order, reverse in (("ascending", False), ("descending", True)):
        head.find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
        assert head.get_attribute("aria-sort") == order
        cells = [
            row.find_elements(By.TAG_NAME, "td")[1].text for row in table.find_elements(By.CSS_SELECTOR, "tbody tr")
        ]
        ours = [float(text.split()[0]) for text in cells]
        assert ours == sorted(ours, reverse=reverse)
        assert len(ours) == 5


def test_print_has_what_was_folded(browser, claims):
    show(browser, claims)
    browser.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert browser.find_element(By.CSS_SELECTOR, "details[open] table").is_displayed()
    browser.execute_script("dispatchEvent(new Event('afterprint'))")
    assert browser.find_elements(By.CSS_SELECTOR, "details[open]") == []
