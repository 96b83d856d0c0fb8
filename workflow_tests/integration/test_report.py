"""The report and the page of the demo in a browser: no script errors, every figure, nothing asked of the network."""

import re
import time
from pathlib import Path

from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait


def wait_for(browser, condition):
    return WebDriverWait(browser, 20).until(condition)


def open_category(browser, report: Path, category: str):
    browser.get(report.as_uri())
    wait_for(browser, lambda b: b.find_elements(By.PARTIAL_LINK_TEXT, category))[0].click()
    return wait_for(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "a[iconname=eye]"))


def shown_document(browser):
    """Switch into the frame or window that shows a result."""
    time.sleep(1)
    if len(browser.window_handles) > 1:
        browser.switch_to.window(browser.window_handles[-1])
        return
    frames = browser.find_elements(By.TAG_NAME, "iframe")
    if frames:
        browser.switch_to.frame(frames[0])


def test_report_reads_well_with_no_network(demo_run, browser):
    report = demo_run / "report.html"
    browser.get(report.as_uri())
    wait_for(browser, lambda b: "Schema, reproduced" in b.find_element(By.TAG_NAME, "body").text)
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
    remote = re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=[\"']https?://", report.read_text(encoding="utf-8"))
    assert remote == []


def test_each_figure_is_visible_with_its_caption(demo_run, browser):
    eyes = open_category(browser, demo_run / "report.html", "Figure 5")
    assert len(eyes) == 1
    eyes[0].click()
    shown = "iframe, img, object, embed"
    pictures = wait_for(
        browser, lambda b: [p for p in b.find_elements(By.CSS_SELECTOR, shown) if p.size["width"] > 400]
    )
    assert pictures[0].is_displayed()
    assert pictures[0].size["height"] > 400
    browser.find_elements(By.CSS_SELECTOR, "a[iconname='information-circle']")[0].click()
    wait_for(browser, lambda b: "Which orientation" in b.find_element(By.TAG_NAME, "body").text)
    assert "System Message" not in browser.find_element(By.TAG_NAME, "body").text  # of a caption that is not valid
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_the_report_leads_to_the_page(demo_run, browser):
    browser.get((demo_run / "report.html").as_uri())
    wait_for(browser, lambda b: b.find_elements(By.LINK_TEXT, "index.html"))[0].click()
    shown_document(browser)
    rows = wait_for(browser, lambda b: b.find_elements(By.CSS_SELECTOR, ".claims tbody tr"))
    assert len(rows) >= 20
    assert "planted effects found" in browser.find_element(By.TAG_NAME, "body").text


def test_the_page_of_the_demo(demo_run, browser):
    """Small enough to mail, every picture drawn, and the counts as `make demo` prints them."""
    page = demo_run / "index.html"
    assert page.stat().st_size < 3_000_000
    browser.get(page.as_uri())
    words = (demo_run / "scorecard.txt").read_text(encoding="utf-8").splitlines()
    assert browser.find_element(By.CSS_SELECTOR, ".count").text == words[0]
    assert words[-1] == "The page: results/demo/index.html"
    decoded = "Promise.all([...document.images].map(i => i.decode().then(() => i.naturalWidth)))"
    widths = browser.execute_async_script(f"{decoded}.then(arguments[arguments.length - 1])")
    assert len(widths) == len(list((demo_run / "figures").glob("*.png")))
    assert min(widths) > 900
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
    for link in browser.find_elements(By.CSS_SELECTOR, "a[href]:not([href^='#']):not([href^='https:'])"):
        assert (demo_run / link.get_dom_attribute("href")).exists(), link.get_dom_attribute("href")
