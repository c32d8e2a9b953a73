"""A heart rate server for one phone after another.

python examples/heart_rate_server.py                               a virtual chip, and a phone that takes three values
python examples/heart_rate_server.py /dev/ttyACM0 sd_api_v6        a board with connectivity firmware, and its dialect
"""

from __future__ import annotations

import itertools
import sys

from gatts_codec import (
    NO_ACCESS,
    AdvData,
    Attr,
    AttrMd,
    CharMd,
    CharProps,
    Client,
    ExchangeMtuRequestEvent,
    HvnTxCompleteEvent,
    HvxParams,
    ServiceType,
    SysAttrMissingEvent,
    Uuid,
    WriteEvent,
    WriteEventV1,
    connect,
    memory_pair,
)
from gatts_codec.common import TxCompleteEvent
from gatts_codec.device import ChipRunner, VirtualChip
from gatts_codec.gap import ConnectedEvent, DisconnectedEvent

DIALECT = "sd_api_v5"
MTU = 247
HEART = AdvData(name="Heart", services=[0x180D])


class HeartRateServer:
    """The service, and what happens when a phone uses it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.beats = itertools.cycle((72, 73, 75, 74))
        self.subscribed: set[int] = set()  # connections
        mtu = MTU if client.dialect.api >= 3 else 23  # before that there is no other
        client.start(att_mtu=mtu, device_name="Heart")
        service = client.service_add(ServiceType.PRIMARY, Uuid(0x180D)).handle
        value = Attr(Uuid(0x2A37), AttrMd(NO_ACCESS, NO_ACCESS, vlen=1), max_len=20)
        handles = client.characteristic_add(service, CharMd(CharProps(notify=1)), value).handles
        assert handles is not None
        self.value, self.cccd = handles.value_handle, handles.cccd_handle
        self.advertise()

    def advertise(self) -> None:
        """The chip stops when a phone connects."""
        self.client.advertise(HEART)

    def serve(self, timeout_s: float | None = None) -> None:
        """Answer until nothing has happened for so long; for ever if that is None."""
        for event in self.client.events(timeout_s=timeout_s):
            self.answer(event)

    def answer(self, event: object) -> None:
        """What this event wants. Whatever waits for an answer must get one, or the connection dies after 30 s.

        The phone may be gone before it is answered: its next event says so, the result need not.
        """
        if isinstance(event, ConnectedEvent):
            print("connected")
        elif isinstance(event, DisconnectedEvent):
            print("disconnected")
            self.subscribed.discard(event.conn_handle)
            self.advertise()
        elif isinstance(event, SysAttrMissingEvent):
            # Here and nowhere else: a second call for the same connection would end its subscriptions.
            self.client.unchecked.sys_attr_set(event.conn_handle)
        elif isinstance(event, ExchangeMtuRequestEvent):
            self.client.unchecked.exchange_mtu_reply(event.conn_handle, min(MTU, event.client_rx_mtu))
            self.notify(event.conn_handle)  # during the exchange the chip refuses to
        elif isinstance(event, WriteEvent | WriteEventV1) and event.handle == self.cccd:
            self.follow_subscription(event)
        elif isinstance(event, HvnTxCompleteEvent | TxCompleteEvent):  # there is room for the next one
            self.notify(event.conn_handle)

    def follow_subscription(self, event: WriteEvent | WriteEventV1) -> None:
        if event.data[0] & 1:
            print("subscribed")
            self.subscribed.add(event.conn_handle)
            self.notify(event.conn_handle)
        else:
            print("unsubscribed")
            self.subscribed.discard(event.conn_handle)

    def notify(self, conn: int) -> None:
        if conn in self.subscribed:  # and if it is no more, or gone by now, its events will say so
            self.client.unchecked.hvx(conn, HvxParams(self.value, data=bytes((0, next(self.beats)))))


def serve_virtual_phone() -> None:
    """The same without hardware."""
    chip_end, host_end = memory_pair()
    with ChipRunner(VirtualChip(DIALECT), chip_end) as chip, connect(host_end, DIALECT) as client:
        server = HeartRateServer(client)
        chip.peer.connect()
        subscribing = chip.peer.begin(lambda phone: phone.subscribe(server.value))
        for event in client.events(timeout_s=30):
            server.answer(event)
            if subscribing.done() and len(chip.peer.received) >= 3:
                break
        print("the phone got", *(value.data[1] for value in chip.peer.received[:3]))


def main(arguments: list[str]) -> None:
    if not arguments:
        serve_virtual_phone()
        return
    port, dialect = [*arguments, DIALECT][:2]
    with connect(port, dialect) as client:
        HeartRateServer(client).serve()


if __name__ == "__main__":
    main(sys.argv[1:])
