"""The report in real Chromium: opened, filtered, clicked, typed at; with hostile values; with 50,000 packets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browser import Browser, browser, needs_browser
from capture.writers.reports import FIRMWARE, SCRIPTED, report, report_of

from gatts_codec import Attr, CharacteristicAdd, CharMd, CharProps, Codec, Uuid
from gatts_codec.capture import TO_HOST, CapturedFrame, Chunk, assemble
from gatts_codec.capture.writers.html.page import BlockPacker, page
from gatts_codec.capture.writers.html.rows import KINDS
from gatts_codec.framing import H5Packet, encode_frame

__all__ = ["browser"]  # the fixture
pytestmark = needs_browser

SELECTED = "return page.ladder.selected"
DOWN, UP, END, HOME, ESCAPE = "\ue015", "\ue013", "\ue010", "\ue011", "\ue00c"


@pytest.fixture
def lost_acks(tmp_path: Path) -> Path:
    file = tmp_path / "report.html"
    file.write_text(report_of(SCRIPTED / "f_acks_lost_seq_reuse.jsonl"), "utf-8")
    return file


def shown(browser: Browser) -> list[int]:
    """The numbers of the frames that pass the filter."""
    numbers: list[int] = browser.run("return page.ladder.frames.map((at) => at + 1)")
    return numbers


def filter_for(browser: Browser, text: str) -> None:
    box = browser.find("#filter")
    box.clear()
    box.send_keys(text, "\ue007")


def test_it_opens_without_a_complaint_or_a_request(browser: Browser, lost_acks: Path) -> None:
    browser.open(lost_acks)
    assert browser.find("h1").text == "f_acks_lost_seq_reuse.jsonl"
    assert browser.find("#count").text == "27 of 27"
    assert browser.find("#verdict").text == "Faults found: 3 errors in 5 calls and 0 events."
    assert browser.run("return performance.getEntriesByType('resource').length") == 0
    assert browser.complaints == []


def test_a_finding_leads_to_its_frame(browser: Browser, lost_acks: Path) -> None:
    browser.open(lost_acks)
    link = browser.find("#findings a[href='#frame=18']")
    link.click()
    assert browser.run(SELECTED) == 17
    assert browser.until("return document.querySelector('#detail h2')?.textContent").startswith("#18 ")
    assert "seq reused" in browser.find("#detail").text


@pytest.mark.parametrize(
    ("name", "level", "says"),
    [
        ("b_attr_table", "unsure", "failed"),
        ("a_link_up", "unsure", "Too little to judge"),
        ("f_frame_lost", "warning", "1 warning"),
        ("a_link_no_device", "error", "1 error"),
    ],
)
def test_the_verdict_is_that_of_the_doctor(
    browser: Browser, tmp_path: Path, name: str, level: str, says: str
) -> None:
    file = tmp_path / "verdict.html"
    file.write_text(report_of(SCRIPTED / f"{name}.jsonl"), "utf-8")
    browser.open(file)
    assert level in browser.find("#verdict").get_attribute("class")
    assert says in browser.find("#verdict").text


def noisy(tmp_path: Path, count: int) -> Path:
    """A report of frames that are all damaged."""
    bad = Chunk(0, TO_HOST, bytes.fromhex("c0000500fac0"))
    file = tmp_path / "noisy.html"
    file.write_text(report(assemble([bad] * count)), "utf-8")
    return file


def test_what_a_finding_does_not_show_opens(browser: Browser, tmp_path: Path) -> None:
    browser.open(noisy(tmp_path, 580))
    assert "and 575 more" in browser.find("#findings").text
    browser.find("#findings .evidence summary").click()
    browser.until("return document.querySelectorAll('#findings .evidence details a').length === 575")
    browser.find("#findings .evidence a[href='#frame=580']").click()
    assert browser.run(SELECTED) == 579


def test_an_error_says_what_ended_and_whose_fault_it_is(browser: Browser, lost_acks: Path) -> None:
    browser.open(lost_acks)
    assert all("Ended: " in text and "At fault: " in text for text in browser.texts("#findings .blame"))
    assert len(browser.texts("#findings .blame")) == 3


def test_nothing_to_show_is_said_for_what_it_is(browser: Browser, tmp_path: Path, lost_acks: Path) -> None:
    file = tmp_path / "empty.html"
    file.write_text(report([]), "utf-8")
    browser.open(file)
    assert browser.find(".empty").text == "There is no frame in this recording."
    browser.open(lost_acks)
    filter_for(browser, "conn:5")
    assert browser.find(".empty").text == "No packet passes the filter."


def test_a_telephone_shows_all_of_it(browser: Browser, lost_acks: Path) -> None:
    with browser.sized(390, 844):
        browser.open(lost_acks)
        assert browser.run("return document.documentElement.scrollWidth <= innerWidth")
        assert browser.texts(".legend span")[:3] == ["command", "response", "event"]
        browser.run("document.querySelector(\"#findings a[href='#frame=18']\").click()")
        box = browser.run("return document.querySelector('.row.selected').getBoundingClientRect().toJSON()")
        assert 0 <= box["top"] < browser.run("return innerHeight")


def test_a_click_shows_bytes_and_fields_that_light_each_other_up(browser: Browser, lost_acks: Path) -> None:
    browser.open(lost_acks)
    browser.run("page.ladder.reveal(5)")
    browser.find("#row-5").click()
    browser.until("return document.querySelector('#detail tbody tr')")
    assert browser.find("#detail h2").text == "#6 value_set command"
    handle = browser.run(
        "return [...document.querySelectorAll('#detail tr')].find((row) => row.children[1].textContent === 'handle')"
    )
    handle.click()
    assert browser.texts(".byte.on") == ["0e", "00"]
    browser.find(".bytes .byte").click()
    assert browser.texts("#detail tr.on td:nth-child(2)") == ["H5 header"]


def test_filters(browser: Browser, lost_acks: Path) -> None:
    browser.open(lost_acks)
    wanted = {
        "retry": [13, 14, 15, 16, 17],
        "kind:link": [1, 2, 3, 4, 5],
        "value_get kind:command -retry": [10],
        "frame:2-4": [2, 3, 4],
        "finding frame:18": [18],
        "handle:0x0e kind:command frame:1-10": [6, 10],
        "handle:14 frame:1-8": [6],
        "conn:5": [],
        "NRF_SUCCESS value_set": [8, 26],
    }
    for text, frames in wanted.items():
        filter_for(browser, text)
        assert shown(browser) == frames, text
    filter_for(browser, "slow:soon")
    assert "not a duration" in browser.find("#count").text
    browser.keys("/")
    browser.keys(ESCAPE)
    assert len(shown(browser)) == 27


def test_kinds_can_be_hidden(browser: Browser, lost_acks: Path) -> None:
    browser.open(lost_acks)
    browser.find("#kinds .k-ack").click()
    assert browser.find("#count").text == "19 of 27"
    assert browser.find("#kinds .k-ack").get_attribute("aria-pressed") == "false"


def test_the_keyboard_is_enough(browser: Browser, lost_acks: Path) -> None:
    browser.open(lost_acks)
    browser.run("document.getElementById('ladder').focus()")
    visited = []
    for key in (DOWN, DOWN, "j", "k", UP, END, HOME, "n", "n", "N"):
        browser.keys(key)
        visited.append(browser.run(SELECTED))
    assert visited == [0, 1, 2, 1, 0, 26, 0, 12, 13, 12]
    row = browser.find("#ladder").get_attribute("aria-activedescendant")
    assert browser.find(f"#{row}").get_attribute("aria-selected") == "true"
    browser.keys("c")
    assert browser.run(SELECTED) == 10  # the response to what was sent again
    before = browser.run("return page.ladder.rowHeight")
    browser.keys("+")
    assert browser.run("return page.ladder.rowHeight") > before
    browser.keys("?")
    assert browser.run("return document.getElementById('help').open")
    browser.keys(ESCAPE)
    assert not browser.run("return document.getElementById('help').open")


def test_pauses_to_scale_and_small_rows(browser: Browser, lost_acks: Path) -> None:
    browser.open(lost_acks)
    height = "return page.ladder.tops.at(-1)"
    plain = browser.run(height)
    browser.find("#scale").click()
    assert browser.run(height) > plain + 6 * 100  # six pauses of a quarter of a second
    browser.find("#scale").click()
    for _ in range(8):
        browser.find("#zoom-out").click()
    assert browser.run(height) == 27 * 3
    assert browser.run("return document.getElementById('ladder').classList.contains('dense')")


def test_a_part_of_the_time_can_be_looked_at(browser: Browser, lost_acks: Path) -> None:
    browser.open(lost_acks)
    overview = browser.find("#overview")
    width = overview.size["width"]
    browser.drag(overview, -width // 2 + width // 6, -width // 2 + width * 4 // 10)
    part = shown(browser)
    assert part == list(range(part[0], part[-1] + 1))
    assert 18 in part
    assert len(part) < 10
    browser.keys("a")
    assert len(shown(browser)) == 27


def test_light_and_dark(browser: Browser, lost_acks: Path) -> None:
    browser.open(lost_acks)
    background = "return getComputedStyle(document.body).backgroundColor"
    before = browser.run(background)
    browser.find("#theme").click()
    assert browser.run(background) != before


def test_the_address_leads_back(browser: Browser, lost_acks: Path) -> None:
    browser.open(lost_acks, "frame=18&filter=retry")
    assert browser.run(SELECTED) == 17
    assert len(shown(browser)) == 27  # frame 18 is not a copy: the filter gives way
    browser.open(lost_acks, "filter=retry")
    assert len(shown(browser)) == 5


def test_latencies_are_plotted(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "values.html"
    file.write_text(report_of(FIRMWARE / "c_values.jsonl"), "utf-8")
    browser.open(file)
    points = browser.run("return page.latency.points.length")
    assert (
        points == browser.run("return page.recording.calls.filter((call) => call.response >= 0).length") > 10
    )
    assert browser.find("#latency-summary").text.startswith(f"{points} calls, median ")


def hostile_frame() -> CapturedFrame:
    name = b"<img src=x onerror='window.hacked=1'>"
    message = CharacteristicAdd(
        service_handle=12,
        char_md=CharMd(CharProps(), char_user_desc=name),
        attr_char_value=Attr(Uuid(0x2A00), None, 1),
    )
    packet = H5Packet(14, Codec("sd_api_v5").pack(message), reliable=True, crc=True)
    return CapturedFrame(1, 0, "host->device", encode_frame(packet), packet, None)


def test_hostile_values_are_only_text(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "hostile.html"
    title = "<script>window.hacked=1;<img src=x onerror='window.hacked=1'><b>bold"
    file.write_text(report([hostile_frame()], title), "utf-8")
    browser.open(file, "frame=1")
    browser.until("return document.querySelector('#detail tbody tr')")
    assert browser.find("h1").text == title
    assert "<img src=x onerror='window.hacked=1'>" in browser.find("#ladder").text
    assert "<img src=x" in browser.find("#detail").text
    assert browser.run("return window.hacked") is None
    assert browser.run("return document.querySelectorAll('main img, main b b, h1 *').length") == 0
    assert browser.complaints == []


def many(count: int) -> tuple[dict[str, Any], BlockPacker]:
    """A report of ``count`` frames, commands and ACKs by turns."""
    kinds = [KINDS.index("command" if at % 2 == 0 else "ack") for at in range(count)]
    frames: dict[str, list[Any]] = {
        "t": [at * 100 for at in range(count)],
        "dir": [at % 2 for at in range(count)],
        "kind": kinds,
        "name": [at % 2 for at in range(count)],
        "text": [f"conn=0 handle=0x000e value={at:08x}" if at % 2 == 0 else "" for at in range(count)],
        "copy_of": [-1] * count,
        "conn": [0] * count,
        "handles": [[14]] * count,
    }
    frames |= {name: [0] * count for name in ("flags", "air")} | {
        name: [None] * count for name in ("result", "seq")
    }
    calls = [
        {"name": "hvx", "command": at, "copies": 0, "copies_at": [], "ack": at + 1, "response": -1}
        | {"ack_us": 100, "response_us": -1, "outcome": "open", "failed": False}
        for at in range(0, count, 2)
    ]
    data: dict[str, Any] = {
        "title": "many",
        "about": [],
        "verdict": {"level": "fine", "text": "Nothing wrong found."},
        "findings": [],
        "frames": frames,
        "kinds": KINDS,
        "names": ["hvx", "ACK"],
    }
    data |= {"marks": {}, "calls": calls, "exchanges": [], "handle_names": {}, "clock_times": False}
    blocks = BlockPacker()
    for at in range(count):
        blocks.add([[f"{at:08x}", "payload", "", 0]])
    return data, blocks


def test_fifty_thousand_packets(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "many.html"
    file.write_text("".join(page(*many(50_000))), "utf-8")
    browser.open(file)
    assert browser.find("#count").text == "50000 of 50000"
    assert browser.run("return document.querySelectorAll('.row').length") < 200
    browser.run("document.getElementById('ladder').focus()")
    browser.keys(END)
    browser.until("return document.querySelector('#detail .byte')")
    assert browser.texts(".byte") == ["00", "00", "c3", "4f"]
    assert browser.run("return document.querySelectorAll('.row').length") < 200
    filter_for(browser, "value=0000c34e")
    assert shown(browser) == [49_999]
    assert browser.complaints == []
