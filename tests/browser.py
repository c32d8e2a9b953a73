"""Real headless Chromium, steered by chromedriver."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

needs_browser = pytest.mark.external("chromium|google-chrome|chrome", "chromedriver")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--window-size=1500,1000",
)
_TIMEOUT_S = 300


class Browser:
    """A page that is open, and what one does with it."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, page: Path, place: str = "") -> None:
        """Open a report and wait until it is ready."""
        self.driver.get("about:blank")  # the same page at another place would not load again
        self.driver.get(f"{page.as_uri()}#{place}")
        self.until("return document.documentElement.dataset.ready")

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def until(self, script: str) -> Any:
        """The first true value that a script returns."""
        from selenium.webdriver.support.wait import WebDriverWait

        return WebDriverWait(self.driver, _TIMEOUT_S, 0.05).until(
            lambda driver: driver.execute_script(script)
        )

    def find(self, selector: str) -> Any:
        return self.driver.find_element("css selector", selector)

    def texts(self, selector: str) -> list[str]:
        script = "return Array.from(document.querySelectorAll(arguments[0]), (each) => each.textContent)"
        texts: list[str] = self.run(script, selector)
        return texts

    def keys(self, *keys: str) -> None:
        """Press keys wherever the focus is."""
        from selenium.webdriver import ActionChains

        ActionChains(self.driver).send_keys(*keys).perform()

    def drag(self, element: Any, start: int, stop: int) -> None:
        """Drag within an element, from one distance from its middle to another."""
        from selenium.webdriver import ActionChains

        chain = ActionChains(self.driver).move_to_element_with_offset(element, start, 0).click_and_hold()
        chain.move_by_offset(stop - start, 0).release().perform()

    @contextmanager
    def sized(self, width: int, height: int) -> Iterator[None]:
        """A window of that size, in CSS pixels, meanwhile."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": True}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        try:
            yield
        finally:
            self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    @property
    def complaints(self) -> list[str]:
        """What the browser's console has said since the last question."""
        return [entry["message"] for entry in self.driver.get_log("browser")]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    selenium = pytest.importorskip("selenium.webdriver", reason="needs selenium")
    from selenium.webdriver.chrome.service import Service

    options = selenium.ChromeOptions()
    options.binary_location = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))))
    for flag in (*_FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = selenium.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    driver.set_script_timeout(_TIMEOUT_S)
    try:
        yield Browser(driver)
    finally:
        driver.quit()
