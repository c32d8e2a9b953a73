"""``gatts-codec decode`` without options, with filters, as calls, and into other formats."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli.commands import Runner

CAPTURES = Path(__file__).parent.parent / "captures"
TABLE = str(CAPTURES / "real_firmware" / "sd_api_v6" / "b_attr_table.jsonl")
NOTIFY = str(CAPTURES / "real_firmware" / "sd_api_v5" / "d_hvx_misc.jsonl")
LOG = str(CAPTURES / "driver_logs" / "sd_api_v6.b_attr_table.log")
CONNECTED = str(CAPTURES / "python_apps" / "sd_api_v5" / "blatann_peripheral.jsonl")
FAULTS = CAPTURES / "scripted_chip" / "sd_api_v5"


def test_one_command_without_options_says_what_it_is_and_what_it_says(run: Runner) -> None:
    outcome = run("decode", LOG)
    assert outcome.status == 0
    assert "pc-ble-driver debug log, dialect sd_api_v6 (or sd_api_v7" in outcome.lines[0]
    assert outcome.lines[1].startswith("sd_api_v5 fits less well: ")
    assert any("service_add           NRF_SUCCESS handle=0x000c" in line for line in outcome.lines)


def test_handles_are_named_after_the_calls_that_made_them(run: Runner) -> None:
    assert "service=0x000c (service Heart Rate)" in run("decode", TABLE).out


def test_an_ambiguous_dialect_says_so_beside_the_json(run: Runner) -> None:
    outcome = run("decode", str(CAPTURES / "real_firmware" / "sd_api_v5" / "c_values.jsonl"), "--json")
    assert "dialect ambiguous: sd_api_v5, sd_api_v3" in outcome.err
    assert outcome.records[13]["name"] == "sd_ble_gatts_value_set"


def test_a_wrong_dialect_is_noticed(run: Runner) -> None:
    outcome = run("decode", TABLE, "-d", "sd_api_v5")
    assert outcome.status == 1
    assert "is the dialect right? these packets fit sd_api_v6 better" in outcome.err


@pytest.mark.parametrize(
    ("words", "what", "name"),
    [
        (["00 a4 ffff 0d00 01 0000 0100 01 64"], "an H5 payload", "value_set"),
        (["5300", "0000", "0e00"], "a bare event body", "HVC"),
        (["a0 00000000 01 0c00"], "a bare response body", "service_add"),
    ],
)
def test_hex_without_a_frame_is_taken_for_what_it_decodes_as(
    run: Runner, words: list[str], what: str, name: str
) -> None:
    outcome = run("decode", *words)
    assert outcome.status == 0
    assert f"no frame; decodes as {what}" in outcome.out
    assert name in outcome.out
    assert run("decode", *words, "--json").records[0]["name"].lower().endswith(name.lower())


def test_a_bare_body_needs_no_dialect(run: Runner) -> None:
    outcome = run("decode", "--kind", "event", "5700 0000 02", "--json")
    assert outcome.records[0]["name"] == "BLE_GATTS_EVT_HVN_TX_COMPLETE"
    assert "dialect" in outcome.err


def test_calls_have_latency_result_and_retries(run: Runner) -> None:
    outcome = run("decode", str(FAULTS / "f_frame_lost.jsonl"), "--calls")
    (row,) = (line for line in outcome.lines if "value_get" in line)
    assert "500.9 ms  500.9 ms   3x  NRF_SUCCESS" in row
    assert "link: up" in outcome.out
    calls = [row for row in run("decode", TABLE, "--calls", "--json").records if row["kind"] == "command"]
    first = calls[0]
    assert (first["name"], first["outcome"], first["attempts"]) == ("sd_ble_gatts_service_add", "answered", 1)
    assert (first["result"], first["response"]) == (0, {"result": 0, "handle": 12})
    assert first["response_us"] >= first["ack_us"] > 0


def test_calls_that_were_not_answered(run: Runner) -> None:
    assert "NO RESPONSE" in run("decode", str(FAULTS / "f_ack_no_response.jsonl"), "--calls").out
    assert "NO ACK" in run("decode", str(FAULTS / "f_no_ack_silent.jsonl"), "--calls").out


def test_calls_show_what_was_confirmed_and_what_never_was(run: Runner) -> None:
    outcome = run("decode", NOTIFY, "--calls")
    assert "notification on connection 0, opened in frame 14, closed after 207 us" in outcome.out
    (exchange,) = (
        row
        for row in run("decode", NOTIFY, "--calls", "--json").records
        if row["kind"] == "exchange" and row["name"] == "indication"
    )
    assert (exchange["conn_handle"], exchange["unanswered"]) == (0, None)
    assert exchange["closed_frame"] > exchange["frame"]
    events = str(CAPTURES / "real_firmware" / "sd_api_v5" / "e_events.jsonl")
    assert (
        "authorization on connection 0, opened in frame 28, never closed: the recording ends"
        in run("decode", events, "--calls").out
    )


def names(run: Runner, *args: str) -> list[str]:
    return [row["name"] or row["type"] for row in run("decode", NOTIFY, *args, "--json").records]


def test_only_these_packets(run: Runner) -> None:
    hvx = "sd_ble_gatts_hvx"
    assert set(names(run, "--only", "hvx")) == {hvx}
    assert set(names(run, "--only", "HVX", "--only", "hvc")) == {hvx, "BLE_GATTS_EVT_HVC"}
    assert set(names(run, "--only", "ack")) == {"ACK"}
    assert set(names(run, "--only", "sys_attr_*")) == {
        "sd_ble_gatts_sys_attr_set",
        "sd_ble_gatts_sys_attr_get",
    }
    assert all(name.startswith("BLE_") for name in names(run, "--only", "event"))


@pytest.mark.parametrize("name", ["gap.connected", "GAP.*", "ble_gap_evt_connected", "gap"])
def test_packets_of_other_groups_have_names_too(run: Runner, name: str) -> None:
    every = run("decode", CONNECTED, "--json").records
    wanted = "BLE_GAP_EVT_CONNECTED" if name.endswith("connected") else "_GAP_"
    expected = [row["frame"] for row in every if wanted in str(row["name"]).upper()]
    assert [row["frame"] for row in run("decode", CONNECTED, "--only", name, "--json").records] == expected
    assert expected


def test_only_names_that_exist(run: Runner) -> None:
    outcome = run("decode", NOTIFY, "--only", "hvz")
    assert outcome.status == 2
    assert "nothing is called 'hvz'; known are" in outcome.err
    assert "gap.adv_start" in outcome.err


def test_only_one_handle_or_connection(run: Runner) -> None:
    rows = run("decode", NOTIFY, "--handle", "0x3401", "--json").records
    assert [(row["kind"], row["fields"].get("result")) for row in rows] == [
        ("command", None),
        ("response", 13313),
    ]
    everything = run("decode", NOTIFY, "--json").records
    rows = run("decode", NOTIFY, "--conn", "0", "--json").records
    assert 0 < len(rows) < len(everything)
    assert all(row["kind"] == "response" or row["fields"].get("conn_handle") == 0 for row in rows)
    assert run("decode", NOTIFY, "--conn", "zero").status == 2


def test_only_errors_with_the_commands_that_failed(run: Runner) -> None:
    rows = run("decode", NOTIFY, "--errors", "--json").records
    assert [row["kind"] for row in rows] == ["command", "response"] * 3
    assert all(row["fields"]["result"] for row in rows[1::2])
    assert [
        row["error"]["code"]
        for row in run("decode", str(FAULTS / "f_rx_corrupt_crc.jsonl"), "--errors", "--json").records
    ] == ["crc"]


@pytest.mark.parametrize("wide", [False, True])
def test_plain_output_is_what_a_pipe_gets(run: Runner, monkeypatch: pytest.MonkeyPatch, wide: bool) -> None:
    piped = run("decode", TABLE).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200" if wide else "60")
    coloured = run("decode", TABLE).out
    assert "\x1b[" in coloured
    assert run("decode", TABLE, "--plain").out == piped


def test_a_narrow_terminal_folds_and_loses_nothing(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    outcome = run("decode", TABLE, "-d", "sd_api_v6")
    assert max(map(len, outcome.lines)) <= 60
    monkeypatch.undo()
    whole = run("decode", TABLE, "-d", "sd_api_v6").out
    assert "".join(outcome.out.split()) == "".join(whole.split())


@pytest.mark.parametrize("suffix", ["jsonl", "pcapng"])
def test_exports_decode_to_the_same(run: Runner, tmp_path: Path, suffix: str) -> None:
    if suffix == "pcapng":
        pytest.importorskip("pcapng", reason="needs the wireshark extra")
    path = tmp_path / f"out.{suffix}"
    outcome = run("decode", TABLE, "-o", str(path))
    assert (outcome.status, outcome.out) == (0, "")
    assert "81 frames" in outcome.err
    assert run("decode", str(path), "--json").out == run("decode", TABLE, "--json").out


@pytest.mark.parametrize("suffix", ["jsonl", "pcapng"])
def test_exports_come_through_a_pipe(run: Runner, tmp_path: Path, suffix: str) -> None:
    if suffix == "pcapng":
        pytest.importorskip("pcapng", reason="needs the wireshark extra")
    path = tmp_path / f"out.{suffix}"
    run("decode", NOTIFY, "-o", str(path))
    piped = subprocess.run(
        [sys.executable, "-m", "gatts_codec", "decode", "-", "--json"],
        input=path.read_bytes(),
        capture_output=True,
        check=True,
    )
    assert piped.stdout.decode().splitlines() == run("decode", NOTIFY, "--json").lines


@pytest.mark.parametrize("how", ["file", "standard output"])
def test_an_export_of_what_could_not_all_be_read_has_status_1(run: Runner, tmp_path: Path, how: str) -> None:
    broken, out = tmp_path / "broken.jsonl", tmp_path / "out.csv"
    broken.write_text(Path(NOTIFY).read_text() + "nonsense\n" + Path(NOTIFY).read_text())
    frames = len(run("decode", NOTIFY, "--json").records)
    outcome = run("decode", str(broken), *(["-o", str(out)] if how == "file" else ["--to", "jsonl"]))
    assert outcome.status == 1
    assert "not JSON" in outcome.err
    if how == "file":  # what could be read is there
        assert len(out.read_text().splitlines()) == 2 * frames + 1


def test_a_table(run: Runner, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    run("decode", NOTIFY, "-o", str(path))
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    records = run("decode", NOTIFY, "--json").records
    assert [int(row["frame"]) for row in rows] == [record["frame"] for record in records]
    assert [row["name"] or None for row in rows] == [record["name"] for record in records]
    assert [json.loads(row["fields"]) if row["fields"] else None for row in rows] == [
        record["fields"] for record in records
    ]
    failed = [row for row in rows if row["result"] == "13313"]
    assert len(failed) == 1
    assert {row["handle"] for row in rows if row["name"] == "BLE_GATTS_EVT_HVC"} == {"16"}


@pytest.mark.parametrize(
    ("args", "status", "said"),
    [
        (("--to", "docx"), 2, "known are jsonl, csv, pcapng, html"),
        (("-o", "out"), 2, "known are"),
        (("--format", "logic"), 2, "known are pcap"),
        (("--follow", "-"), 2, "follow"),
    ],
)
def test_what_cannot_be_done_says_what_can(
    run: Runner, args: tuple[str, ...], status: int, said: str
) -> None:
    words = args if "-" in args else (TABLE, *args)
    outcome = run("decode", *words)
    assert outcome.status == status
    assert said in outcome.err


def test_two_files_of_one_direction_each(run: Runner, tmp_path: Path) -> None:
    rows = run("decode", TABLE, "--json").records
    files = {}
    for way in ("host->device", "device->host"):
        files[way] = tmp_path / f"{way[:4]}.bin"
        files[way].write_bytes(b"".join(bytes.fromhex(row["bytes"]) for row in rows if row["dir"] == way))
    outcome = run(
        "decode", "--host", str(files["host->device"]), "--device", str(files["device->host"]), "--json"
    )
    assert outcome.status == 0
    assert sorted(row["bytes"] for row in outcome.records) == sorted(row["bytes"] for row in rows)
    one = run("decode", "--host", str(files["host->device"]), "--json").records
    assert {row["dir"] for row in one} == {"host->device"}


def test_a_growing_file_is_followed(tmp_path: Path) -> None:
    lines = Path(TABLE).read_text().splitlines(keepends=True)
    growing = tmp_path / "growing.jsonl"
    growing.write_text("".join(lines[:30]))
    command = [sys.executable, "-m", "gatts_codec", "decode", str(growing), "--follow", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as process:
        assert process.stdout is not None
        first = [json.loads(process.stdout.readline())["frame"] for _ in range(30)]
        with growing.open("a") as file:
            file.write("".join(lines[30:]))
        rest = [json.loads(process.stdout.readline())["frame"] for _ in range(len(lines) - 30)]
        assert process.poll() is None
        process.terminate()
    assert first + rest == list(range(1, len(lines) + 1))


def test_the_doctor_says_what_is_wrong_why_and_what_to_do(run: Runner) -> None:
    outcome = run("doctor", str(FAULTS / "a_link_no_device.jsonl"))
    assert outcome.status == 1
    assert "ERROR  the host sends SYNC 6 times and nothing comes from the chip" in outcome.out
    assert "parity" in outcome.out
    assert "- frame 2 at 0.717044: SYNC from the host  c0 00 2f 00 d1 01 7e c0" in outcome.out


def test_the_doctor_finds_nothing_in_a_healthy_recording(run: Runner) -> None:
    outcome = run("doctor", LOG)
    assert outcome.status == 0
    assert "Nothing wrong found with the link in 17 calls and 0 events, but" in outcome.out


def test_the_doctor_obeys_a_dialect_and_says_so(run: Runner) -> None:
    outcome = run("doctor", "-d", "sd_api_v3", str(FAULTS / "f_frame_lost.jsonl"))
    assert "read as sd_api_v3, as told" in outcome.out
    (report,) = run("doctor", "-d", "sd_api_v3", str(FAULTS / "f_frame_lost.jsonl"), "--json").records
    assert (report["dialect"], report["certainty"]) == ("sd_api_v3", "told")


@pytest.mark.parametrize(
    ("name", "status", "verdict"),
    [
        ("d_hvx_misc", 0, "nothing wrong found"),
        ("f_frame_lost", 1, "faults found"),
        ("a_link_up", 3, "too little to judge"),
    ],
)
def test_the_doctor_has_three_verdicts(run: Runner, name: str, status: int, verdict: str) -> None:
    outcome = run("doctor", str(FAULTS / f"{name}.jsonl"))
    assert outcome.status == status
    assert verdict in outcome.out.lower()
    outcome = run("doctor", str(FAULTS / f"{name}.jsonl"), "--json")
    (report,) = outcome.records
    assert outcome.status == status
    assert report["outcome"] == verdict
    assert report["headline"].lower().startswith(verdict)


def test_the_doctor_in_json(run: Runner) -> None:
    outcome = run("doctor", str(FAULTS / "f_acks_lost_seq_reuse.jsonl"), "--json")
    (report,) = outcome.records
    assert outcome.status == 1
    assert not report["healthy"]
    assert [finding["code"] for finding in report["findings"]] == [
        "acks lost",
        "seq reused",
        "taken for a duplicate",
    ]
    for finding in report["findings"]:
        assert finding["title"]
        assert finding["cause"]
        assert finding["advice"]
        assert finding["evidence"][0]["frame"]


def test_the_doctor_examines_nothing_where_nothing_is(run: Runner) -> None:
    outcome = run("doctor", "00 11 22")
    assert outcome.status == 3
    assert "Too little to judge: there is no frame in it." in outcome.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("NordicSemiException: Failed to open. Error code: 0x8029", "doctor says what happened"),
        ("01 03 0c 00\n04 0e 04 01 03 0c 00", "this is Bluetooth HCI over UART (H4)"),
        ("ab cd ef 01 02 03", "no frame found. A frame begins and ends with c0"),
    ],
)
def test_without_a_frame_it_says_what_it_is_instead(run: Runner, text: str, said: str) -> None:
    outcome = run("decode", text)
    assert outcome.status == 1
    assert said in outcome.err


def test_the_doctor_lists_what_bytes_without_a_frame_may_be(run: Runner) -> None:
    outcome = run("doctor", "01 60 00 00 00 00")
    assert outcome.status == 3
    assert "- enable: an H5 payload, packet type first" in outcome.out
    (record,) = run("doctor", "--json", "04 0e 04 01 03 0c 00").records
    assert record["readings"] == [
        "another protocol: Bluetooth HCI over UART (H4), between a host stack and a controller"
    ]


def test_attributes_of_two_links_keep_their_names(run: Runner, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in Path(TABLE).read_text().splitlines()]
    file = tmp_path / "two.jsonl"
    file.write_text("\n".join(json.dumps(row | {"link": link}) for link in ("COM3", "COM4") for row in rows))
    one = run("decode", TABLE, "-d", "sd_api_v6").out.count("(service Heart Rate)")
    assert run("decode", str(file), "-d", "sd_api_v6").out.count("(service Heart Rate)") == 2 * one > 0
