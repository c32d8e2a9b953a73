"""``gatts-codec encode``: golden vectors through standard input, words by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from cli.commands import Runner
from every import every
from golden import records

from gatts_codec.dialects import DIALECTS
from gatts_codec.framing import h5

VALUE_SET = ("encode", "value_set", "-d", "sd_api_v5", "conn_handle=0xffff", "handle=14")


def one_of_each() -> list[dict[str, Any]]:
    """The first vector of every packet of every dialect."""
    found: dict[tuple[str, str, str], Any] = {}
    for dialect in DIALECTS:
        for record in records(dialect, "valid"):
            found.setdefault((record["dialect"], record["kind"], record["name"]), record)
    return list(found.values())


def every_other(first: int) -> Callable[[Any], Any]:
    """By turns, so that every packet is given either way in about half the dialects."""
    return every(
        "record",
        lambda: one_of_each()[first::2],
        ids=lambda record: f"{record['dialect']} {record['hex']}",
        share=5,
    )


@every_other(0)
def test_golden_fields_on_standard_input_give_golden_bytes(run: Runner, record: dict[str, Any]) -> None:
    outcome = run(
        "encode",
        record["name"],
        "-d",
        record["dialect"],
        "-k",
        record["kind"],
        stdin=json.dumps(record["fields"]),
    )
    assert (outcome.status, outcome.out) == (0, record["hex"] + "\n")


def words(fields: dict[str, Any], path: str = "") -> list[str]:
    """The fields as a person would type them."""
    found: list[str] = []
    for name, value in fields.items():
        if isinstance(value, dict):
            found += words(value, f"{path}{name}.")
        else:
            found.append(f"{path}{name}={value if isinstance(value, str) else json.dumps(value)}")
    return found


@every_other(1)
def test_golden_fields_as_words_give_golden_bytes(run: Runner, record: dict[str, Any]) -> None:
    typed = words(record["fields"])
    outcome = run("encode", record["name"], "-d", record["dialect"], "-k", record["kind"], *typed, stdin="")
    assert (outcome.status, outcome.out) == (0, record["hex"] + "\n")


def test_numbers_in_any_base_known_names_and_json(run: Runner) -> None:
    body = "a60000010e0001000000\n"
    common = ("encode", "hvx", "-d", "sd_api_v5", "conn_handle=0")
    inner = ("hvx_params.handle=0x0e", "hvx_params.offset=0b0", "hvx_params.len=null", "hvx_params.data=null")
    assert run(*common, "hvx_params.type=notification", *inner).out == body
    plain = json.dumps({"type": 1, "handle": 14, "offset": 0, "len": None, "data": None})
    assert run(*common, f"hvx_params={plain}").out == body
    assert run("encode", "hvx", "-d", "sd_api_v5", "conn_handle=0", "hvx_params=null").out == "a6000000\n"


def test_the_kind_is_whichever_has_the_name(run: Runner) -> None:
    assert run("encode", "hvc", "-d", "sd_api_v5", "conn_handle=1", "handle=2").out == "530001000200\n"
    assert run(
        "encode", "hvx", "-k", "response", "-d", "sd_api_v5", "result=8", "bytes_written=null"
    ).out == ("a608000000\n")


def test_frame_is_the_whole_frame_on_the_wire(run: Runner) -> None:
    outcome = run(*VALUE_SET, "value.offset=0", "value.value=c0db", "--frame", "--seq", "3", "--ack", "5")
    packet = h5.decode_frame(bytes.fromhex(outcome.out))
    assert (packet.seq, packet.ack, packet.reliable, packet.crc) == (3, 5, True, True)
    assert packet.payload.hex() == "00a4ffff0e00010000020001c0db"


def test_what_the_firmware_cannot_take_is_noted(run: Runner) -> None:
    outcome = run(*VALUE_SET, "value.offset=0", f"value.value={'00' * 400}")
    assert outcome.status == 0
    assert (
        outcome.err
        == "gatts-codec: note: 412 bytes with the packet type: S132/S140 v5 (SDK 14) takes at most 384\n"
    )


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("value",), "'value' is not FIELD=VALUE"),
        (("valu=1",), "valu: ValueSet has no field 'valu', but conn_handle, handle, value"),
        (("value.x=1",), "value.x: Value has no field 'x'"),
        (("handle.x=1",), "handle.x: handle has no inner fields"),
        (("handle=1",), "handle is given twice"),
        (("value=null", "value.offset=1"), "value.offset: value is already null"),
        (("value.offset=x",), "value.offset: expected int, got 'x'"),
        (("value=x",), "value: expected a JSON object or dotted fields, got 'x'"),
    ],
)
def test_words_that_are_wrong(run: Runner, typed: tuple[str, ...], says: str) -> None:
    outcome = run(*VALUE_SET, *typed)
    assert (outcome.status, outcome.out) == (2, "")
    assert says in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("value.value=0", "value.offset=0"), "value.value: expected bytes as hex, got '0'"),
        (("value.offset=0x10000", "value.value="), "value.offset"),
        (("value.offset=0", f"value.value={'00' * 513}"), "513 bytes are over the longest value, 512"),
        ((), "ValueSet lacks"),
    ],
)
def test_fields_that_no_packet_has_are_status_1(run: Runner, typed: tuple[str, ...], says: str) -> None:
    outcome = run(*VALUE_SET, *typed)
    assert (outcome.status, outcome.out) == (1, "")
    assert says in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize("stdin", ["{", "[]", "1", "\udcff", "[" * 100_000])
def test_standard_input_that_is_no_object(run: Runner, stdin: str) -> None:
    outcome = run("encode", "hvx", "-d", "sd_api_v5", stdin=stdin)
    assert (outcome.status, outcome.out) == (2, "")
    assert "standard input" in outcome.err


@pytest.mark.parametrize("args", [("nope",), ("attr_get",), ("hvc", "-k", "command")])
def test_a_packet_that_the_dialect_lacks(run: Runner, args: tuple[str, ...]) -> None:
    outcome = run("encode", *args, "-d", "s110_v8")
    assert outcome.status == 2
    assert "gatts-codec fields -d s110_v8 lists them" in outcome.err


@pytest.mark.parametrize(
    ("dialect", "typed", "packet"),
    [
        (
            "sd_api_v5",
            "gap.adv_start adv_params.interval=160 conn_cfg_tag=1",
            "73 01 00 00 00 a000 0000 00 01",
        ),
        ("sd_api_v2", "gap.adv_start adv_params.type=ADV_NONCONN_IND", "73 01 03 00 00 00 a000 0000 00"),
        ("sd_api_v6", "gap.adv_start adv_handle=0 conn_cfg_tag=1", "73 00 01"),
        (
            "sd_api_v5",
            "gap.connect peer_addr.addr=F0:12:34:56:78:9A scan_params.active=1 conn_params=null",
            "8c 01 00 9a78563412f0 01 01 a000 5000 0000 00 00",
        ),
        ("sd_api_v5", "cfg_set cfg.att_mtu=247", "69 23000000 01 01 f700"),
        (
            "sd_api_v2",
            "enable ble_enable_params.gatts_enable_params.service_changed=1 "
            "ble_enable_params.common_enable_params={} ble_enable_params.gap_enable_params.periph_conn_count=1",
            "60 01 0000 00 01 00 00 01 00000000",
        ),
    ],
)
def test_structures_are_those_of_the_dialect(run: Runner, dialect: str, typed: str, packet: str) -> None:
    outcome = run("encode", *typed.split(), "-d", dialect)
    assert (outcome.err, outcome.out.strip()) == ("", packet.replace(" ", ""))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("gap.adv_strat", "did you mean gap.adv_start"),
        ("adv_start", "did you mean gap.adv_start"),
        ("gap.adv_start adv_params.intervl=1", "adv_params.intervl: AdvParamsV5 has no field 'intervl', but"),
        ("gap.adv_start adv_params.interval=70000", "adv_params.interval: expected an integer 0..65535, got"),
        ("gap.adv_start adv_params.peer_addr.addr=F0:12", "adv_params.peer_addr.addr: not an address like F0"),
        ("cfg_set cfg.att_mtus=247", "VsUuidCfg or ConnGap or one of 8 others has no field 'att_mtus', but att_mtu"),
    ],
)  # fmt: skip
def test_an_error_names_packet_or_field(run: Runner, typed: str, says: str) -> None:
    outcome = run("encode", *typed.split(), "-d", "sd_api_v5")
    assert outcome.status in (1, 2)
    assert says in outcome.err
