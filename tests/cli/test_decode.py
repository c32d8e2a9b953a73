"""``gatts-codec decode``: rows for people, JSON for scripts, whatever comes in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from capture.recordings import CAPTURES, RECORDINGS, each_of
from cli.commands import Runner

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "characteristic_setup.jsonl"
FAULTS = CAPTURES / "scripted_chip" / "sd_api_v5"
RESET = "c0 00 05 00 fb c0"
V5 = ("-d", "sd_api_v5")


def test_a_row_says_time_direction_numbers_name_fields_and_result(run: Runner) -> None:
    outcome = run("decode", str(EXAMPLE), *V5)
    assert (outcome.status, outcome.err) == (0, "")
    assert "   27        1.455211 <-   -/4    ACK" in outcome.lines
    assert (
        "   14        1.454768 ->   0/0    command  service_add           type=PRIMARY uuid=Heart Rate (0x180D)"
        in outcome.lines
    )
    failed = (
        "   32        1.455342 <-   4/5    response service_add           NRF_ERROR_INVALID_ADDR (0x0010)"
    )
    assert failed in outcome.lines
    assert outcome.lines[-1].endswith("frames, all good")


def test_json_has_one_object_a_frame_and_the_same_frames(run: Runner) -> None:
    rows = run("decode", str(EXAMPLE), *V5, "--json").records
    assert [row["frame"] for row in rows] == list(range(1, len(rows) + 1))
    assert rows[13]["name"] == "sd_ble_gatts_service_add"
    assert rows[13]["fields"] == {"type": 1, "uuid": {"uuid": 0x180D, "type": 1}, "handle_present": True}


@pytest.mark.parametrize(
    "words", [[RESET], RESET.split(), ["0xC0,0x00,0x05,0x00,0xFB,0xC0"], ["c0000500fbc0"]]
)
def test_hex_on_the_command_line_just_works(run: Runner, words: list[str]) -> None:
    (row,) = run("decode", *words, *V5, "--json").records
    assert (row["type"], row["bytes"], row["t_us"], row["dir"]) == (
        "RESET",
        "c0000500fbc0",
        None,
        "host->device",
    )


def test_standard_input_may_be_hex_or_a_recording(run: Runner) -> None:
    (row,) = run("decode", "-", *V5, "--json", stdin="c0 00 05\n00 fb c0\n").records
    assert row["type"] == "RESET"
    assert (
        run("decode", "-", *V5, "--json", stdin=EXAMPLE.read_text()).out
        == run("decode", str(EXAMPLE), *V5, "--json").out
    )


@pytest.mark.parametrize(
    ("kind", "body", "name"),
    [
        ("command", "a4 ffff 0d00 01 0000 0100 01 64", "sd_ble_gatts_value_set"),
        ("response", "a4 05000000", "sd_ble_gatts_value_set"),
        ("event", "5300 0000 0e00", "BLE_GATTS_EVT_HVC"),
    ],
)
def test_a_bare_body(run: Runner, kind: str, body: str, name: str) -> None:
    outcome = run("decode", body, "--kind", kind, *V5, "--json")
    (row,) = outcome.records
    assert outcome.status == 0
    assert (row["kind"], row["name"], row["type"], row["error"]) == (kind, name, None, None)
    assert row["bytes"] == body.replace(" ", "")


def test_a_body_that_does_not_decode(run: Runner) -> None:
    outcome = run("decode", "a4 ffff 0d00 07", "--kind", "command", *V5)
    assert outcome.status == 1
    assert "DOES NOT DECODE: value: presence flag must be 00 or 01, found 07" in outcome.out
    assert "a4 ff ff 0d 00 >07" in outcome.out
    (row,) = run("decode", "a4 ffff 0d00 07", "--kind", "command", *V5, "--json").records
    assert row["error"] == {
        "code": "decode",
        "message": "presence flag must be 00 or 01, found 07",
        "offset": 5,
        "path": "value",
    }


def test_a_tolerated_packet_says_so(run: Runner) -> None:
    # From value_get's outer flag on early firmware takes any byte but 01 for "absent".
    outcome = run("decode", "a5 ffff 0d00 07", "--kind", "command", "-d", "sd_api_v2")
    assert outcome.status == 0
    assert "tolerated: value: presence flag must be 00 or 01, found 07" in outcome.out


def test_verbose_shows_each_fields_bytes_beside_name_and_value(run: Runner) -> None:
    lines = [" ".join(line.split()) for line in run("decode", str(EXAMPLE), *V5, "-v").lines]
    assert "0 a0 opcode 0xa0 sd_ble_gatts_service_add" in lines
    assert "3 0d 18 uuid.uuid 6157 0x180d" in lines
    assert "1 10 00 00 00 result 16 NRF_ERROR_INVALID_ADDR (0x0010)" in lines


def test_a_bad_frame_is_a_row_and_not_the_end(run: Runner) -> None:
    outcome = run("decode", str(FAULTS / "f_rx_corrupt_trunc.jsonl"), *V5)
    assert outcome.status == 1
    assert "BAD FRAME  by its header the frame has 22 bytes, there are 11" in outcome.out
    assert "22 bytes outside frames" in outcome.out
    assert outcome.lines[-1] == "26 frames, 23 bytes outside frames, 1 bad"


def test_noise_is_mentioned_beside_the_json(run: Runner) -> None:
    outcome = run("decode", str(FAULTS / "f_noise_plain.jsonl"), *V5, "--json")
    assert outcome.status == 0
    assert len(outcome.records) > 20
    assert "8 bytes outside frames" in outcome.err


def test_an_unfinished_frame_is_mentioned(run: Runner) -> None:
    outcome = run("decode", RESET, "c0 00 05", *V5)
    assert "the recording ends within a frame that begins c00005" in outcome.out


def test_a_broken_line_is_told_with_its_number(run: Runner, tmp_path: Path) -> None:
    recording = tmp_path / "broken.jsonl"
    recording.write_text('{"hex":"c0000500fbc0"}\n{"hex":\n{"hex":"c0000500fbc0"}\n')
    outcome = run("decode", str(recording), *V5, "--json")
    assert outcome.status == 1
    assert len(outcome.records) == 2
    assert f"{recording}:2: not JSON" in outcome.err


@pytest.mark.parametrize(
    ("args", "status", "said"),
    [
        (("nothing.jsonl", *V5), 1, "nothing.jsonl: no such file, and not hex either"),
        (("a4 00", *V5), 1, "no frame found"),
        ((RESET, "-d", "sd_api_v8"), 2, "sd_api_v5"),
        ((*V5,), 2, "FILE, hex, -"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    run: Runner, args: tuple[str, ...], status: int, said: str
) -> None:
    outcome = run("decode", *args)
    assert outcome.status == status
    assert said in outcome.err
    assert "Traceback" not in outcome.err


def test_a_pipe_gets_whole_lines_without_colours(run: Runner) -> None:
    outcome = run("decode", str(EXAMPLE), *V5)
    assert "\x1b" not in outcome.out
    assert any(len(line) > 200 for line in outcome.lines)


@each_of(RECORDINGS, share=3)
def test_every_capture_gives_a_row_a_frame(run: Runner, recording: Path) -> None:
    rows = run("decode", str(recording), *V5, "--json").lines
    assert [json.loads(row)["frame"] for row in rows] == list(range(1, len(rows) + 1))
    assert rows
