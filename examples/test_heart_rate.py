"""An example suite: a heart rate service, tested without hardware.

    pip install . pytest
    pytest examples/test_heart_rate.py

The fixtures virtual_chip and connected_client come with gatts-codec. The code under test is ``HeartRate``, which would
live in a module of its own.
"""

from __future__ import annotations

import pytest

from gatts_codec import (
    Attr,
    AttrMd,
    AuthorizeParams,
    AuthorizeType,
    CharMd,
    CharProps,
    Client,
    HvxParams,
    RwAuthorizeReplyParams,
    RwAuthorizeRequestEvent,
    ServiceType,
    SysAttrMissingEvent,
    Uuid,
    WriteEvent,
)
from gatts_codec.errors import CommandFailed, PeerError
from gatts_codec.pytest_plugin import RunningChip

NOT_SUPPORTED = 0x0180


class HeartRate:
    """A heart rate service that refuses every control point value but 1."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.expended = 99
        service = client.service_add(ServiceType.PRIMARY, Uuid(0x180D)).handle
        self.measurement = self._add(service, 0x2A37, CharProps(notify=1), AttrMd(vlen=1), 20)
        self.control_point = self._add(service, 0x2A39, CharProps(write=1), AttrMd(wr_auth=1), 1)

    def _add(self, service: int | None, uuid: int, props: CharProps, md: AttrMd, max_len: int) -> int:
        added = self.client.characteristic_add(service, CharMd(props), Attr(Uuid(uuid), md, max_len)).handles
        assert added is not None
        return added.value_handle

    def notify(self, conn: int, beats: int) -> None:
        self.client.hvx(conn, HvxParams(self.measurement, data=bytes([0, beats])))

    def serve(self, timeout_s: float = 1.0) -> None:
        """Answer what a phone wants, until it wants nothing more."""
        for event in self.client.events(timeout_s=timeout_s):
            if isinstance(event, SysAttrMissingEvent):
                self.client.sys_attr_set(event.conn_handle)
            elif isinstance(event, RwAuthorizeRequestEvent) and event.write is not None:
                self.answer(event.conn_handle, event.write.data)
            elif isinstance(event, WriteEvent):
                return

    def answer(self, conn: int, data: bytes) -> None:
        granted = data == b"\x01"
        if granted:
            self.expended = 0
        params = AuthorizeParams(update=1, data=data) if granted else AuthorizeParams(NOT_SUPPORTED)
        reply = RwAuthorizeReplyParams(AuthorizeType.WRITE, write=params)
        self.client.rw_authorize_reply(conn, reply)


@pytest.fixture
def heart_rate(connected_client: Client) -> HeartRate:
    return HeartRate(connected_client)


def test_a_phone_finds_the_service(virtual_chip: RunningChip, heart_rate: HeartRate) -> None:
    virtual_chip.peer.connect()
    (service,) = (found for found in virtual_chip.peer.discover() if found.uuid == Uuid(0x180D))
    handles = [characteristic.value_handle for characteristic in service.characteristics]
    assert handles == [heart_rate.measurement, heart_rate.control_point]


def test_a_subscribed_phone_hears_the_heart(virtual_chip: RunningChip, heart_rate: HeartRate) -> None:
    conn = virtual_chip.peer.connect()
    subscribing = virtual_chip.peer.begin(lambda phone: phone.subscribe(heart_rate.measurement))
    heart_rate.serve()
    subscribing.result(30)
    heart_rate.notify(conn, 72)
    assert [value.data for value in virtual_chip.peer.wait_for_value()] == [b"\x00\x48"]


def test_nobody_is_told_who_has_not_subscribed(virtual_chip: RunningChip, heart_rate: HeartRate) -> None:
    conn = virtual_chip.peer.connect()
    heart_rate.client.sys_attr_set(conn)
    with pytest.raises(CommandFailed, match="INVALID_STATE"):
        heart_rate.notify(conn, 72)


@pytest.mark.parametrize(("value", "expended"), [(b"\x01", 0), (b"\x02", 99)])
def test_the_control_point(
    virtual_chip: RunningChip, heart_rate: HeartRate, value: bytes, expended: int
) -> None:
    conn = virtual_chip.peer.connect()
    writing = virtual_chip.peer.begin(lambda phone: phone.write(heart_rate.control_point, value))
    event = heart_rate.client.wait_for(RwAuthorizeRequestEvent)
    assert event.write is not None
    heart_rate.answer(conn, event.write.data)
    if expended:
        with pytest.raises(PeerError, match="APP_BEGIN"):
            writing.result(30)
    else:
        writing.result(30)
    assert heart_rate.expended == expended


@pytest.mark.virtual_chip(faults=["drop-response=1", "corrupt-ack=2"])
def test_a_bad_line_only_costs_time(heart_rate: HeartRate) -> None:
    assert heart_rate.control_point > heart_rate.measurement
