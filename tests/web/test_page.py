"""The built page in headless Chromium: the answers of the command line, and harm to nobody."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser, browser, needs_browser

pytest.importorskip("click", reason="needs the cli extra")

from gatts_codec.cli import main
from tools.web.build import ROOT, build

pytestmark = [needs_browser, pytest.mark.external("npm"), pytest.mark.soak]
__all__ = ["browser"]

TESTS = ROOT / "tests"
PASTED = sorted((TESTS / "verdicts" / "pasted").iterdir())
DEAD = TESTS / "captures" / "scripted_chip" / "sd_api_v5" / "f_no_ack_silent.jsonl"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("page") / "web"
    build(folder)
    command = [sys.executable, "-m", "gatts_codec", "web", str(folder), "--port", "0", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


@pytest.fixture
def page(browser: Browser, address: str) -> Page:
    page = Page(browser)
    if not browser.driver.current_url.startswith(address) or page.is_used_up:
        page.open(address)
    return page


class Page:
    """The page, and what a person does with it."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    def open(self, address: str) -> None:
        self.browser.driver.get("about:blank")
        self.browser.driver.get(address)
        self.browser.until("return document.documentElement.dataset.ready")
        assert self.browser.complaints == []

    @property
    def is_used_up(self) -> bool:
        return bool(self.browser.run("return Boolean(document.documentElement.dataset.spoilt)"))

    def _answered(self, action: str, *arguments: object) -> None:
        self.browser.run(f"delete document.documentElement.dataset.answered; {action}", *arguments)
        self.browser.until("return document.documentElement.dataset.answered")

    def paste(self, text: str) -> None:
        script = "document.getElementById('text').value = arguments[0]; document.getElementById('go').click()"
        self._answered(script, text)

    def choose(self, path: Path) -> None:
        self.browser.run("delete document.documentElement.dataset.answered")
        self.browser.find("#file").send_keys(str(path))
        self.browser.until("return document.documentElement.dataset.answered")
        self.browser.run("document.getElementById('file').value = ''")

    def example(self, label: str) -> None:
        buttons = "[...document.querySelectorAll('#examples button')]"
        self._answered(f"{buttons}.find((one) => one.textContent === arguments[0]).click()", label)

    def show(self, tab: str) -> str:
        self.browser.find(f"#tab-{tab}").click()
        return self.text(f"#{tab}")

    def text(self, selector: str) -> str:
        return str(self.browser.run("return document.querySelector(arguments[0]).textContent", selector))


def judged(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[str, list[str], str]:
    """Headline and findings of the command line, or what it says instead."""
    capsys.readouterr()
    main(["doctor", "--json", str(path)])
    printed = capsys.readouterr()
    if not printed.out:
        return "", [], printed.err.strip().rsplit("/", 1)[-1]
    report = json.loads(printed.out)
    return report["headline"], [found["title"] for found in report["findings"] + report["notes"]], ""


def test_every_input_gets_the_verdict_of_the_command_line(
    page: Page, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong: list[tuple[object, ...]] = []
    for path in PASTED:
        headline, titles, refusal = judged(path, capsys)
        page.choose(path)
        shown = page.browser.texts("#findings h3")
        if (page.text("#verdict"), [title.split("] ")[-1] for title in shown]) != (headline, titles):
            wrong.append((path.name, headline, page.text("#verdict"), titles, shown))
        if refusal and refusal[:40] not in page.text("#findings"):
            wrong.append((path.name, refusal, page.text("#findings")))
    assert wrong == []
    assert page.browser.complaints == []


@pytest.mark.parametrize(
    ("label", "tab", "words"),
    [
        ("healthy set-up", "findings", "18 calls"),
        ("dead link", "findings", "never acknowledged"),
        ("nrfutil log", "findings", "Streaming Data"),
        ("a few bytes", "packets", "value_set"),
        ("a question", "explained", "SYS_ATTR_MISSING"),
    ],
)
def test_an_example_is_answered_where_one_looks(page: Page, label: str, tab: str, words: str) -> None:
    page.example(label)
    assert page.browser.find(f"#{tab}").is_displayed()
    assert words in page.text(f"#{tab}")


def test_the_report_stands_in_the_page_and_leads_to_a_frame(page: Page) -> None:
    page.choose(DEAD)
    page.browser.find("#findings a").click()
    page.browser.until("return document.querySelector('#report iframe')")
    page.browser.driver.switch_to.frame(page.browser.find("#report iframe"))
    page.browser.until("return document.documentElement.dataset.ready")
    assert page.text("#verdict").startswith("Faults found")
    assert "version_get" in page.text("#detail")
    page.browser.driver.switch_to.default_content()
    assert page.browser.complaints == []


def test_a_link_carries_the_input(page: Page, address: str) -> None:
    page.paste("a4 ff ff 0d 00 01 00 00 01 00 01 64")
    packets = page.show("packets")
    page.browser.find("#link").click()
    page.browser.until("return location.hash.includes('in=')")
    page.open(str(page.browser.driver.current_url))
    page.browser.until("return document.documentElement.dataset.answered")
    assert page.show("packets") == packets
    page.open(f"{address}#in=damaged!")
    assert "damaged" in page.text("#status")


def test_names_and_contents_are_text(page: Page, tmp_path: Path) -> None:
    hostile = "<img src=x onerror=document.documentElement.dataset.spoilt=1>"
    path = tmp_path / f"{hostile.replace('/', '')}.jsonl"
    path.write_text(DEAD.read_text("ascii") + f"{hostile}\n", "utf-8")
    page.choose(path)
    assert hostile in page.text("#name")
    page.paste(f"{hostile}<script>document.documentElement.dataset.spoilt=1</script>")
    assert not page.browser.run("return document.querySelector('#answer img, #answer script')")
    assert not page.is_used_up


def test_the_page_reaches_nothing_but_its_folder(page: Page) -> None:
    script = "return fetch('http://127.0.0.1:9/').then(() => 'reached', (error) => String(error))"
    assert "reached" not in page.browser.run(script)
    assert any("Content Security Policy" in complaint for complaint in page.browser.complaints)


def test_a_recording_leaves_in_other_formats(page: Page) -> None:
    page.choose(DEAD)
    script = """
    const { ask } = await import('./python.js'), sizes = {};
    for (const format of ['csv', 'jsonl', 'pcapng']) {
      const path = `/out/test.${format}`;
      await ask('run', { args: ['decode', '/in/f_no_ack_silent.jsonl', '-o', path], room: 1000 });
      sizes[format] = (await ask('read', { path })).length;
    }
    return sizes;
    """
    sizes = page.browser.run(f"return (async () => {{ {script} }})()")
    assert all(size > 500 for size in sizes.values())


def test_calls_reach_the_virtual_chip_by_the_code_for_boards(page: Page) -> None:
    page.browser.run(
        "document.getElementById('live').open = true; document.getElementById('connect-chip').click()"
    )
    page.browser.until("return !document.getElementById('call').disabled")
    page.browser.find("#call").send_keys("enable\n")
    page.browser.until("return document.getElementById('talk').textContent.includes('enable: NRF_SUCCESS')")
    page.browser.find("#phone").send_keys("connect\n")
    page.browser.until("return document.getElementById('talk').textContent.includes('GAP.CONNECTED')")
    page.browser.run("delete document.documentElement.dataset.answered")
    page.browser.find("#judge").click()
    page.browser.until("return document.documentElement.dataset.answered")
    # Nothing wrong, unless this machine is so slow that one end had to repeat itself.
    assert page.text("#verdict").endswith(" in 1 call and 1 event.")
    page.browser.find("#disconnect").click()
    page.browser.until("return !document.getElementById('demo').disabled")
    page.browser.run("delete document.documentElement.dataset.answered")
    page.browser.find("#demo").click()
    page.browser.until("return document.documentElement.dataset.answered")
    assert " in 18 calls" in page.text("#verdict")
    assert page.browser.complaints == []


def test_it_fits_a_telephone(page: Page) -> None:
    page.choose(DEAD)
    with page.browser.sized(390, 844):
        assert page.browser.run("return document.documentElement.scrollWidth") == 390


def test_without_webassembly_it_says_so(page: Page, address: str) -> None:
    driver = page.browser.driver
    script = {"source": "delete globalThis.WebAssembly"}
    added = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", script)
    try:
        driver.get(f"{address}?")
        page.browser.until("return document.getElementById('status').textContent.trim()")
        assert "no WebAssembly" in page.text("#status")
    finally:
        driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)
        driver.get("about:blank")
