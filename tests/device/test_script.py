"""Scripts for the simulated peer."""

from __future__ import annotations

from pathlib import Path

import pytest
from device.bench import CONTROL, MEASUREMENT, Bench

from gatts_codec import (
    Attr,
    AttrMd,
    DescriptorAdd,
    ExchangeMtuReply,
    Hvx,
    HvxParams,
    SysAttrSet,
    Uuid,
)
from gatts_codec.device.chip import VirtualChip
from gatts_codec.device.script import ScriptRun, load_script, parse_script
from gatts_codec.errors import PeerError


class Stage(Bench):
    """A bench whose device is that of a chip, and a script that acts on it."""

    def __init__(self, text: str, dialect: str = "sd_api_v5") -> None:
        super().__init__(dialect)
        self.chip = VirtualChip(dialect)
        self.device, self.peer = self.chip.device, self.chip.peer
        self.log: list[str] = []
        self.service()
        self.control = self.characteristic(
            CONTROL, value=b"start", props={"read": 1, "write": 1}
        ).value_handle
        self.described = self.ok(DescriptorAdd(0, Attr(Uuid(0x2908), AttrMd(), 4, b"text"))).handle
        self.measurement = self.characteristic(MEASUREMENT).value_handle
        self.run = ScriptRun(self.chip, parse_script(text), self.log.append)

    def turn(self, seconds: float = 0.0) -> float | None:
        self.after(seconds)
        return self.run.turn(self.now)

    def start_advertising(self) -> None:
        self.raw(bytes.fromhex("007301000000a00000000001"))


def test_a_whole_script() -> None:
    stage = Stage(
        """
        # a phone
        wait advertising
        connect c6:05:04:03:02:09
        discover
        subscribe 2a37            # heart rate
        write 2a39 0dc0db
        read 2a39
        expect 0dc0db
        read 2a39/2908
        expect 74657874
        read-long 0x0003
        write-command 2a39 -
        unsubscribe 2a37
        disconnect
        """
    )
    stage.turn()
    assert stage.log == []
    stage.start_advertising()
    stage.turn()
    assert not stage.run.done  # the subscription waits for sys_attr_set
    stage.ok(SysAttrSet(0))
    stage.turn()
    assert stage.run.done
    assert stage.run.error is None
    assert stage.log[0] == "line 3: wait advertising"
    assert "line 8: read 2a39 -> 0d c0 db" in stage.log
    assert any("180d" in line for line in stage.log)


def test_where_it_stands_can_be_asked() -> None:
    stage = Stage("connect\nsubscribe 2a37\nwait 1\nrepeat")
    assert stage.run.standing == "nothing has begun"
    stage.turn()
    assert stage.run.standing == "line 2: subscribe 2a37: the host has to call sys_attr_set"
    stage.ok(SysAttrSet(0))
    stage.turn()
    assert stage.run.standing == "line 3: wait 1"
    assert stage.run.rounds == 0
    stage.turn(2)
    assert stage.run.standing == "line 4: repeat"
    assert stage.run.rounds == 1


def test_waiting_for_a_time() -> None:
    stage = Stage("wait 0.5\nconnect")
    assert stage.turn() == 0.5
    stage.turn(0.4)
    assert not stage.peer.is_connected
    assert stage.turn(0.1) is None
    assert stage.peer.is_connected


def test_waiting_for_values() -> None:
    stage = Stage("connect\nsubscribe 2a37\nwait values 2\ndisconnect")
    stage.turn()
    stage.ok(SysAttrSet(0))
    stage.turn()
    for _ in range(2):
        assert stage.peer.is_connected
        stage.ok(Hvx(0, HvxParams(stage.measurement, data=b"x")))
        stage.turn()
    assert stage.run.done


def test_waiting_for_link_and_enable() -> None:
    stage = Stage("wait enabled\nwait connected\nwait link")
    stage.turn()
    stage.raw(bytes.fromhex("0060"))
    stage.peer.connect()
    stage.turn()
    assert len(stage.log) == 2


def test_what_is_expected_and_does_not_come_ends_the_script() -> None:
    stage = Stage("connect\nread 2a39\nexpect 00\nwrite 2a39 01")
    stage.turn()
    assert stage.run.done
    assert str(stage.run.error) == "line 3: expect 00: the last value read is 73 74 61 72 74"
    assert stage.peer.read(stage.control).result() == b"start"


def test_an_att_error_ends_the_script_unless_it_is_wanted() -> None:
    stage = Stage("connect\nread 0x000f\nfails\nread 0x0999\nread 0x0999")
    stage.turn()
    assert "INVALID_HANDLE, as wanted" in stage.log[-1]
    assert "line 5" in str(stage.run.error)
    assert stage.run.error is not None
    assert stage.run.error.status == 0x0101


def test_what_should_have_failed() -> None:
    stage = Stage("connect\nfails\nread 2a39")
    stage.turn()
    assert "should have failed" in str(stage.run.error)


def test_prepared_writes_and_the_rest() -> None:
    stage = Stage(
        "connect\nencrypt 2\nconfirm off\nconfirm auto\nleave\ncome-back\nprepare 2a39 6162 0\nexecute\nread 2a39\n"
        "expect 6162\nprepare 2a39 7a\ncancel\nwrite-long 2a39 616263\nmtu 23\ndisconnect"
    )
    stage.turn()
    for _ in range(3):
        assert stage.lend(0, 64) == 0
        stage.turn()
    stage.ok(ExchangeMtuReply(0, 23))
    stage.turn()
    assert stage.run.error is None
    assert stage.run.done
    attribute = stage.device.table.find(stage.control)
    assert attribute is not None
    assert attribute.value == b"abc"


def test_events_as_they_are() -> None:
    stage = Stage("event 025000dbc0")
    stage.turn()
    assert stage.device.payloads_to_send()[-1].hex() == "025000dbc0"


def test_repeat_goes_on_for_ever_and_lets_others_live() -> None:
    stage = Stage("connect\ndisconnect\nrepeat")
    for _ in range(5):
        due = stage.turn()
        assert due is not None
        stage.turn(due - stage.now)
    assert not stage.run.done
    assert len(stage.log) >= 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jump", "line 1: jump: no such command"),
        ("\n\nwrite 2a39", "line 3: write 2a39: takes 2 arguments"),
        ("wait", "takes 1 to 2"),
    ],
)
def test_lines_that_are_no_commands_are_named_before_anything_runs(text: str, said: str) -> None:
    with pytest.raises(PeerError, match=said):
        parse_script(text)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("wait for-ever", "wait for"),
        ("wait values many", "not a number"),
        ("read zzzz", "not a number"),
        ("read 2a99", "no characteristic 2a99; there are"),
        ("read 2a39/2999", "no descriptor"),
        ("write 2a39 xyz", "not hex"),
        ("subscribe 2a37 loudly", "subscribe to"),
        ("subscribe 2a39", "not the value of a characteristic with a CCCD"),
        ("confirm maybe", "auto, off"),
        ("connect", "already"),
        ("encrypt 9", "1 to 4"),
        ("event 0150", "begins with 02"),
        ("mtu 70000", "mtu is 0 to 65535"),
    ],
)
def test_commands_that_cannot_be_done_are_explained(line: str, said: str) -> None:
    stage = Stage(f"connect\n{line}")
    stage.turn()
    assert said in str(stage.run.error)
    assert "line 2" in str(stage.run.error)


def test_scripts_from_files(tmp_path: Path) -> None:
    path = tmp_path / "phone.script"
    path.write_text("connect\n", "utf-8")
    (line,) = load_script(path)
    assert (line.number, line.command) == (1, "connect")
    with pytest.raises(OSError, match="missing"):
        load_script(tmp_path / "missing")
