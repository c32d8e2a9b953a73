"""Programs on the module, on a virtual chip: results, statuses, events, memory."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from drop_in.programs import PATIENCE_S, Program
from patience import PATIENT_CHIP

from gatts_codec.capture import open_recording
from gatts_codec.device import ChipRunner, VirtualChip
from gatts_codec.drop_in.stand_in.exceptions import NordicSemiException
from gatts_codec.link.transports import open_transport

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")
WRITE, CONNECTED, DISCONNECTED, USER_MEM_REQUEST = 0x50, 0x10, 0x11, 0x01
V5, V2 = ("v5", "sd_api_v5_pc"), ("v2", "sd_api_v2_pc")


@pytest.fixture
def chips() -> Iterator[Any]:
    runners: list[ChipRunner] = []

    def start(dialect: str) -> ChipRunner:
        runner = ChipRunner(VirtualChip(dialect, link=PATIENT_CHIP), open_transport("pty:"))
        runner.peer.timeout_s = PATIENCE_S
        runner.start()
        runners.append(runner)
        return runner

    yield start
    for runner in runners:
        runner.stop()


@pytest.fixture
def chip(chips: Any) -> ChipRunner:
    made: ChipRunner = chips("sd_api_v5_pc")
    return made


@pytest.fixture
def program(chip: ChipRunner) -> Iterator[Program]:
    """One that has opened its adapter and enabled BLE."""
    made = Program(chip.transport.name)
    assert made.open() == 0
    assert made.call("enable", None) == 0
    yield made
    made.close()


def test_opening_and_closing(chip: ChipRunner) -> None:
    program = Program(chip.transport.name)
    assert program.open() == 0
    assert [code for code, _ in program.statuses] == [6, 7]
    assert program.call("enable", None) == 0
    version = program.native.ble_version_t()
    assert program.call("version_get", version) == 0
    assert (version.version_number, version.company_id) == (9, 0x59)
    assert program.close() == 0
    assert program.call("version_get", version) == 0x8003
    assert [code for code, _ in program.statuses] == [6, 7]  # nobody is told any more
    assert [text.split(".")[0].split(" /")[0] for _, text in program.log] == [
        "Successfully opened",
        "serial port",
    ]


def test_opening_again(chip: ChipRunner) -> None:
    program = Program(chip.transport.name)
    assert [program.open(), program.close(), program.open(), program.close()] == [0, 0, 0, 0]


def test_a_reset_empties_the_chip(program: Program) -> None:
    value, _ = program.serve(b"\x01")
    assert program.native.sd_rpc_conn_reset(program.adapter, program.native.SYS_RESET) == 0
    assert [code for code, _ in program.statuses] == [6, 7, 6, 7]
    got = program.native.ble_gatts_value_t()
    assert program.call("gatts_value_get", 0xFFFF, value, got) != 0


def test_values_go_out_and_come_in(program: Program) -> None:
    value, _ = program.serve(b"\x01\x02\x03")
    given, got = program.native.ble_gatts_value_t(), program.native.ble_gatts_value_t()
    given.p_value, given.len, given.offset = program.bytes_at(b"\x0a\x0b"), 2, 1
    assert program.call("gatts_value_set", 0xFFFF, value, given) == 0
    got.p_value, got.len = program.bytes_at(bytes(20)), 20
    assert program.call("gatts_value_get", 0xFFFF, value, got) == 0
    cells = program.native.uint8_array.frompointer(got.p_value)
    assert (got.len, [cells[at] for at in range(3)]) == (3, [1, 0x0A, 0x0B])


def test_a_result_is_returned(program: Program) -> None:
    got = program.native.ble_gatts_value_t()
    assert program.call("gatts_value_get", 0xFFFF, 0x999, got) == program.native.NRF_ERROR_NOT_FOUND
    assert program.call("gap_rssi_start", 3, 0, 0) == program.native.BLE_ERROR_INVALID_CONN_HANDLE


@pytest.mark.parametrize(("version", "dialect"), [V5, V2])
def test_a_peer_connects_writes_and_hears(chips: Any, version: str, dialect: str) -> None:
    chip = chips(dialect)
    program = Program(chip.transport.name, version)
    assert program.open() == 0
    if version == "v5":
        assert program.call("enable", None) == 0
    else:
        params = program.native.ble_enable_params_t()
        params.gap_enable_params.periph_conn_count = 1
        params.common_enable_params.vs_uuid_count = 1
        assert program.call("enable", params, None) == 0
    value, cccd = program.serve(b"\x01")
    program.advertise()
    chip.peer.connect("c6:05:04:03:02:01")
    connected = program.wait_for(CONNECTED).evt.gap_evt
    address = program.native.uint8_array.frompointer(connected.params.connected.peer_addr.addr)
    assert [address[at] for at in range(6)] == [1, 2, 3, 4, 5, 0xC6]
    assert program.call("gatts_sys_attr_set", connected.conn_handle, None, 0, 0) == 0
    chip.peer.write(value, b"hello")
    write = program.wait_for(WRITE).evt.gatts_evt.params.write
    data = program.native.uint8_array.frompointer(write.data)
    assert (write.handle, bytes(data[at] for at in range(write.len))) == (value, b"hello")
    chip.peer.write(cccd, b"\x01\x00")
    length = program.native.new_uint16()
    program.native.uint16_assign(length, 2)
    params = program.native.ble_gatts_hvx_params_t()
    params.handle, params.type, params.p_len = value, 1, length
    params.p_data = program.bytes_at(b"\x00\x48")
    assert program.call("gatts_hvx", connected.conn_handle, params) == 0
    assert [heard.data for heard in chip.peer.wait_for_value()] == [b"\x00\x48"]
    chip.peer.disconnect()
    assert program.wait_for(DISCONNECTED).evt.gap_evt.params.disconnected.reason == 0x13
    assert program.close() == 0


def test_two_adapters_at_once(chips: Any) -> None:
    one, other = (Program(chips(dialect).transport.name) for _, dialect in (V5, V5))
    assert [one.open(), other.open()] == [0, 0]
    assert [one.call("enable", None), other.call("enable", None)] == [0, 0]
    assert (one.serve(b"\x01"), one.serve(b"\x02")) != (other.serve(b"\x03"),) * 2
    assert one.close() == 0
    assert other.call("version_get", other.native.ble_version_t()) == 0
    assert other.close() == 0


def test_a_handler_that_fails_ends_nothing(chip: ChipRunner, capsys: pytest.CaptureFixture[str]) -> None:
    program = Program(chip.transport.name)

    def broken(*arguments: Any) -> None:
        raise ZeroDivisionError("the program's own")

    assert program.native.sd_rpc_open(program.adapter, broken, broken, broken) == 0
    assert program.call("enable", None) == 0
    assert program.close() == 0
    assert "ZeroDivisionError: the program's own" in capsys.readouterr().err


def test_the_log_has_packets_in_words_and_can_be_read_again(chip: ChipRunner, tmp_path: Path) -> None:
    program = Program(chip.transport.name, severity=1)
    assert program.open() == 0
    assert program.call("enable", None) == 0
    program.close()
    lines = [text for severity, text in program.log if severity == 1]
    assert any("[EnableResponse(result=SUCCESS)]" in line for line in lines)
    (tmp_path / "driver.log").write_text("\n".join(lines))
    with open_recording(tmp_path / "driver.log") as recording:
        packets = [item.packet for item in recording.items if getattr(item, "packet", None)]  # type: ignore[union-attr]
    assert len(packets) == len(lines)


@pytest.mark.parametrize("said", [b"", b"\x55\xaa" * 40])
def test_a_chip_that_does_not_answer_is_explained(said: bytes) -> None:
    import os
    import tty

    ours, theirs = os.openpty()
    tty.setraw(theirs)
    os.write(ours, said)
    program = Program(os.ttyname(theirs))
    code = program.open()
    assert (code, program.close()) == (0xD, 0x8018)
    assert [status for status, _ in program.statuses] == [6, 0]
    text = program.statuses[-1][1]
    assert text.startswith("No response from device. SYNC was not answered")
    assert "check the port" in text
    error = NordicSemiException("Failed to open", code)
    assert str(error) == f"Failed to open\n{text}"
    assert str(NordicSemiException("Failed again", code)) == "Failed again"
    os.close(ours)
    os.close(theirs)


def test_an_event_handler_may_call(chip: ChipRunner) -> None:
    program, results = Program(chip.transport.name), SimpleQueue[int]()

    def on_event(adapter: Any, event: Any) -> None:
        results.put(program.native.sd_ble_gap_rssi_start(adapter, event.evt.gap_evt.conn_handle, 1, 0))

    handlers = (lambda *status: None, on_event, lambda *line: None)
    assert program.native.sd_rpc_open(program.adapter, *handlers) == 0
    assert program.call("enable", None) == 0
    program.advertise()
    chip.peer.connect()
    assert results.get(timeout=PATIENCE_S) == 0
    assert program.close() == 0


def test_queued_writes_go_into_memory_that_the_program_lends(chips: Any) -> None:
    chip = chips("sd_api_v5_pc")
    program = Program(chip.transport.name)
    assert program.open() == 0
    assert program.call("enable", None) == 0
    value, _ = program.serve(b"\x01")
    program.advertise()
    chip.peer.connect()
    conn = program.wait_for(CONNECTED).evt.gap_evt.conn_handle
    assert program.call("gatts_sys_attr_set", conn, None, 0, 0) == 0
    writing = threading.Thread(target=chip.peer.write_long, args=(value, b"0123456789abcdefghi"))
    writing.start()
    assert program.wait_for(USER_MEM_REQUEST).evt.common_evt.params.user_mem_request.type == 1
    block, cells = program.native.ble_user_mem_block_t(), program.native.uint8_array(64)
    block.p_mem, block.len = cells.cast(), 64
    assert program.call("user_mem_reply", conn, block) == 0
    write = program.wait_for(WRITE).evt.gatts_evt.params.write
    writing.join(PATIENCE_S)
    assert write.op == program.native.BLE_GATTS_OP_EXEC_WRITE_REQ_NOW
    # The queue, as the SoftDevice lays it out: handle, offset, length, bytes.
    assert [cells[at] for at in range(6)] == [value, 0, 0, 0, 18, 0]
    assert bytes(cells[6 + at] for at in range(18)) == b"0123456789abcdefgh"
    assert program.close() == 0
