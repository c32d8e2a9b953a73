"""``gatts-codec fields``: every packet of every dialect, and what it says of one."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from cli.commands import Runner
from every import every
from golden import records

from gatts_codec import DIALECTS, Codec
from gatts_codec.cli.layouts import fields_of
from gatts_codec.device import ChipRunner, VirtualChip
from gatts_codec.dialects import layout_of
from gatts_codec.link import ChipConfig, open_transport


def test_it_shows_bytes_types_defaults_and_meaning(run: Runner) -> None:
    outcome = run("fields", "gap.adv_start", "-d", "sd_api_v5", "-k", "command")
    assert outcome.status == 0
    assert outcome.lines[0] == "gap.adv_start command, opcode 0x73: `AdvStart` as it is up to sd_api_v5."
    rows = {line.split()[0]: " ".join(line.split()[1:]) for line in outcome.lines[2:] if line}
    assert rows["adv_params"].startswith("1+ AdvParamsV5 required presence flag")
    assert rows["adv_params.interval"] == "2 number 160 in units of 0.625 ms"
    assert rows["adv_params.type"].endswith("0 ADV_IND, 1 ADV_DIRECT_IND, 2 ADV_SCAN_IND, 3 ADV_NONCONN_IND")
    assert rows["adv_params.peer_addr.addr"].startswith("6 address required")
    assert "adv_params.whitelist" not in rows  # of sd_api_v2


def test_each_structure_of_a_union_says_when(run: Runner) -> None:
    rows = [json.loads(line) for line in run("fields", "cfg_set", "-d", "sd_api_v4", "--json").lines]
    assert {"path": "cfg", "type": "ConnGatt", "meaning": "if cfg_id is 0x23"}.items() <= rows[
        [row["path"] for row in rows].index("cfg.att_mtu") - 2
    ].items()
    assert "cfg.rx_mps" not in {row["path"] for row in rows}  # from sd_api_v5 on


def test_without_a_name_it_lists_them(run: Runner) -> None:
    outcome = run("fields", "-d", "sd_api_v6")
    assert "gap commands: gap." in outcome.out
    assert "l2cap events: l2cap.ch_" in outcome.out


def test_a_wrong_name_gets_those_that_are_near(run: Runner) -> None:
    outcome = run("fields", "hvxx", "-d", "sd_api_v5")
    assert outcome.status == 2
    assert "sd_api_v5 has no packet 'hvxx': did you mean hvx" in outcome.err


@every("dialect", DIALECTS, share=3)
def test_it_has_every_field_of_the_golden_vectors(dialect: str) -> None:
    """Those that travel: of fields that are null in all vectors nothing is known."""
    codec = Codec(dialect)
    known = {
        (cls.kind, cls.name): {field.path for field in fields_of(layout_of(cls, codec.dialect))}
        for cls in codec.message_classes()
    }
    for record in records(dialect, "valid"):
        message = codec.from_dict(record["kind"], record["name"], record["fields"])
        missing = set(paths(message.to_dict())) - known[message.kind, message.name]
        assert not missing, f"{record['name']} {missing}"


def paths(plain: dict[str, object], path: str = "") -> Iterator[str]:
    for name, value in plain.items():
        if value is not None:
            yield f"{path}{name}"
        for each, mark in [(value, "")] if isinstance(value, dict) else ():
            yield from paths(each, f"{path}{name}{mark}.")


@pytest.mark.parametrize(
    ("dialect", "start"),
    [
        ("sd_api_v2", ["gap.adv_start", "adv_params.interval=160"]),
        ("sd_api_v5", ["gap.adv_start", "adv_params.interval=160", "conn_cfg_tag=1"]),
        ("sd_api_v6", ["gap.adv_set_configure", "adv_params.interval=160"]),
    ],
)
def test_a_call_of_gap_reaches_the_chip(run: Runner, dialect: str, start: list[str]) -> None:
    quick = ChipConfig(retransmission_interval_s=0.01, transmissions=1000)
    with ChipRunner(VirtualChip(dialect, link=quick), open_transport("pty:")) as chip:
        outcome = run("call", chip.transport.name, *start, "-d", dialect)
        assert (outcome.status, outcome.err) == (0, "")
        assert outcome.out.startswith(f"{start[0]}: NRF_SUCCESS")
        if dialect == "sd_api_v6":
            assert "adv_handle=0" in outcome.out
            outcome = run("call", chip.transport.name, "gap.adv_start", "adv_handle=0", "-d", dialect)
            assert outcome.out == "gap.adv_start: NRF_SUCCESS\n"
        refused = run("call", chip.transport.name, "gap.scan_stop", "-d", dialect)
        assert (refused.status, "it is not scanning" in refused.err) == (1, True)
