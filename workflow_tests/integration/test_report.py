"""The report in a browser: no script errors, each figure visible, the ledger there, nothing asked of the network."""

import re
import shutil
import time
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --window-size=1500,1100"
)


@pytest.fixture
def browser(tmp_path):
    chromium, driver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if not (chromium and driver):
        pytest.skip("no browser here: install chromium and chromedriver (Debian: chromium chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in [*FLAGS.split(), f"--user-data-dir={tmp_path / 'profile'}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    session = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield session
    session.quit()


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


def test_the_ledger_is_there_as_a_table(demo_run, browser):
    eyes = open_category(browser, demo_run / "report.html", "Ledger and run")
    assert len(eyes) == 5  # ledger, inputs, the run, software, run times
    eyes[0].click()
    shown_document(browser)
    rows = wait_for(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "tbody tr"))
    assert len(rows) > 58
    assert "tcr.beta" in browser.find_element(By.TAG_NAME, "body").text
