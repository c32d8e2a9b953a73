"""``gatts-codec call``, ``monitor`` and ``ports``, on a real pseudo-terminal with a scripted chip behind it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.commands import Runner
from link.scripted_chip import ScriptedChip

from gatts_codec import HvcEvent, open_transport
from gatts_codec.link.transports import ports

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")
DIALECT = "sd_api_v5"
RESET = "c0000500fbc0"


@pytest.fixture
def chip() -> Iterator[ScriptedChip]:
    with ScriptedChip(open_transport("pty:"), DIALECT) as chip:
        yield chip


class TestCall:
    def test_shows_the_response(self, run: Runner, chip: ScriptedChip) -> None:
        outcome = run("call", chip.transport.name, "service_add", "-d", DIALECT, "type=1", "uuid.uuid=0x180d")
        assert (outcome.status, outcome.out, outcome.err) == (
            0,
            "service_add: NRF_SUCCESS handle=0x000d\n",
            "",
        )
        assert chip.commands == [bytes.fromhex("00a0 01 01 0d1801 01")]

    def test_json(self, run: Runner, chip: ScriptedChip) -> None:
        outcome = run("call", chip.transport.name, "initial_user_handle_get", "-d", DIALECT, "--json")
        assert outcome.records == [
            {
                "kind": "response",
                "name": "sd_ble_gatts_initial_user_handle_get",
                "fields": {"result": 0, "handle": 13},
            }
        ]

    def test_a_refusal_is_status_1_with_what_to_do(self, run: Runner, chip: ScriptedChip) -> None:
        chip.next(chip.refuse(0x3401))
        outcome = run(
            "call", chip.transport.name, "hvx", "-d", DIALECT, "conn_handle=0", "hvx_params.handle=14"
        )
        assert outcome.status == 1
        assert outcome.out == "hvx: BLE_ERROR_GATTS_SYS_ATTR_MISSING (0x3401)\n"
        assert outcome.err.startswith("gatts-codec: call sys_attr_set for this connection first")

    def test_raw(self, run: Runner, chip: ScriptedChip) -> None:
        assert run("call", chip.transport.name, "raw", "00", "6501", "-d", DIALECT).out == "016500000000\n"
        assert run("call", chip.transport.name, "raw", "0501", "-d", DIALECT).out.startswith("acknowledged")
        assert run("call", chip.transport.name, "raw", "0065", "-d", DIALECT, "--json").records == [
            {"payload": "016500000000"}
        ]

    @pytest.mark.parametrize("option", [[], ["--reset"]])
    def test_the_chip_keeps_its_table_unless_told_otherwise(
        self, run: Runner, chip: ScriptedChip, option: list[str], tmp_path: Path
    ) -> None:
        path = tmp_path / "call.jsonl"
        record = ["--record", str(path)]
        assert run("call", chip.transport.name, "raw", "0065", "-d", DIALECT, *option, *record).status == 0
        assert (RESET in path.read_text()) == bool(option)

    def test_a_recording(self, run: Runner, chip: ScriptedChip, tmp_path: Path) -> None:
        path = tmp_path / "call.jsonl"
        run("call", chip.transport.name, "raw", "006501", "-d", DIALECT, "--record", str(path))
        assert {json.loads(line)["dir"] for line in path.read_text().splitlines()} == {
            "host->device",
            "device->host",
        }

    @pytest.mark.parametrize(
        ("words", "status", "said"),
        [
            (["value_put"], 2, "no command 'value_put': did you mean value_get or value_set?"),
            (["hvx", "handle=1"], 2, "Hvx has no field 'handle'"),
            (["hvx", "conn_handle=0x10000", "hvx_params=null"], 1, "conn_handle"),
            (["hvx"], 1, "Hvx lacks conn_handle"),
            (["raw", "xyz"], 2, "raw takes a packet in hex"),
            (["raw", "006501"], 1, "/dev/ttyNONE does not exist"),
        ],
    )
    def test_what_is_wrong_is_said_before_the_port_is_opened(
        self, run: Runner, words: list[str], status: int, said: str
    ) -> None:
        outcome = run("call", "/dev/ttyNONE", *words, "-d", DIALECT)
        assert outcome.status == status
        assert said in outcome.err


class TestMonitor:
    def test_shows_events_until_none_come(self, run: Runner, chip: ScriptedChip) -> None:
        def send_when_attached() -> None:
            before = chip.link_ups
            started.set()
            chip.wait_until(lambda: chip.link_ups > before)
            chip.send(HvcEvent(0, 15))
            chip.send(bytes.fromhex("02 1000 0000"))

        for patience_s in ("1", "10", "100"):  # a slow machine takes its time to send the first
            started = threading.Event()
            sender = threading.Thread(target=send_when_attached)
            sender.start()
            started.wait()
            outcome = run("monitor", chip.transport.name, "-d", DIALECT, "--for", patience_s)
            sender.join()
            assert outcome.status == 0
            if len(outcome.lines) > 1:
                break
        first, second = (line.split(maxsplit=1)[1] for line in outcome.lines[-2:])
        assert first.split() == ["HVC", "conn=0", "handle=0x000f"]
        assert second.split() == ["GAP_CONNECTED", "data=0000"]
        assert "attached to" in outcome.err

    def test_json_until_interrupted(self, chip: ScriptedChip) -> None:
        command = [
            sys.executable,
            "-m",
            "gatts_codec",
            "monitor",
            chip.transport.name,
            "-d",
            DIALECT,
            "--json",
        ]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
        )
        assert process.stdout is not None
        with process:
            chip.wait_until(lambda: chip.link_ups == 1)
            chip.send(HvcEvent(0, 15))
            record = json.loads(process.stdout.readline())
            chip.reboot()
            chip.wait_until(lambda: chip.link_ups == 2)
            chip.send(bytes.fromhex("02 1000 0000"))
            other = json.loads(process.stdout.readline())
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate()
        assert process.returncode == 0
        assert (record.pop("time")[:2], other.pop("time")[:2]) != ("", "")
        assert record == {
            "kind": "event",
            "name": "BLE_GATTS_EVT_HVC",
            "opcode": 0x53,
            "fields": {"conn_handle": 0, "handle": 15},
        }
        assert other == {
            "kind": "event",
            "name": None,
            "group": "gap",
            "opcode": 16,
            "fields": {"data": "0000"},
        }
        assert "restarted" in errors
        assert "Traceback" not in errors

    def test_a_port_that_goes_away(self, run: Runner, chip: ScriptedChip) -> None:
        def unplug_when_attached() -> None:
            chip.wait_until(lambda: chip.link_ups == 1)
            chip.unplug()

        unplugger = threading.Thread(target=unplug_when_attached)
        unplugger.start()
        outcome = run("monitor", chip.transport.name, "-d", DIALECT)
        unplugger.join()
        assert outcome.status == 1
        assert "went away" in outcome.err


class TestPorts:
    BOARD = ports.SerialPort("/dev/ttyACM0", "J-Link - CDC", 0x1366, 0x0105, "000683")

    def test_lists(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        other = ports.SerialPort("/dev/ttyS0", "ttyS0", None, None, None)
        monkeypatch.setattr("gatts_codec.cli.ports.list_serial_ports", lambda: [self.BOARD, other])
        outcome = run("ports")
        assert outcome.status == 0
        assert "serial:/dev/ttyACM0" in outcome.lines[1]
        assert "SEGGER J-Link" in outcome.lines[1]
        assert "1366:0105" in outcome.lines[1]
        assert "ttyS0" in outcome.lines[2]

    def test_json(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gatts_codec.cli.ports.list_serial_ports", lambda: [self.BOARD])
        (record,) = run("ports", "--json").records
        assert (record["url"], record["vendor_id"]) == ("serial:/dev/ttyACM0", 0x1366)

    def test_none(self, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gatts_codec.cli.ports.list_serial_ports", list)
        outcome = run("ports")
        assert (outcome.status, outcome.out) == (1, "")
        assert "no serial port" in outcome.err
