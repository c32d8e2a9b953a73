"""A device on the bench: its host's calls as messages, what comes back as messages, and a peer. No link, no clock."""

from __future__ import annotations

from typing import Any, TypeVar

from gatts_codec import (
    BLE_CONN_HANDLE_INVALID,
    DIALECTS,
    OPEN,
    Attr,
    AttrMd,
    CharacteristicAdd,
    CharHandles,
    CharMd,
    CharProps,
    Codec,
    Command,
    Event,
    NrfError,
    Opaque,
    Response,
    RwAuthorizeReply,
    RwAuthorizeReplyParams,
    ServiceAdd,
    SysAttrSet,
    Uuid,
    ValueBuffer,
    ValueGet,
)
from gatts_codec.constants import AuthorizeType
from gatts_codec.device.config import DeviceConfig
from gatts_codec.device.device import Device
from gatts_codec.device.peer import Peer
from gatts_codec.link.variants import variant_for
from gatts_codec.packets.common.user_mem_reply import UserMemBlock, UserMemReply
from gatts_codec.packets.gatts.rw_authorize_reply import AuthorizeParams

E = TypeVar("E", bound=Event)

ALL = list(DIALECTS)
_GENERATION = {
    name: int(f"{name}_".split("_v")[1].split("_")[0]) if name.startswith("sd_") else 1 for name in ALL
}
# Dialects by how they count notifications.
EARLY, LATE = ([name for name in ALL if (_GENERATION[name] >= 4) is late] for late in (False, True))
WITH_MTU = [name for name in ALL if _GENERATION[name] >= 3]
WITH_CONTEXT = ["s110_v8", "s130_v1"]
# The dispatcher of SDK 10 lacks user_mem_reply.
WITH_MEMORY = [name for name in ALL if name != "s130_v1"]

HEART_RATE, MEASUREMENT, LOCATION, CONTROL = 0x180D, 0x2A37, 0x2A38, 0x2A39


def first_handle(dialect: str, *, service_changed: bool = True) -> int:
    """The application's first handle: behind Central Address Resolution from v3 on, and behind Service Changed."""
    return 9 + 3 * service_changed + 2 * (dialect in WITH_MTU)


def after_timeout(dialect: str) -> int:
    """What calls answer once an ATT transaction has timed out."""
    return NrfError.TIMEOUT if _GENERATION[dialect] >= 6 else NrfError.BUSY


FIRST = first_handle("sd_api_v5")


class Bench:
    """One device with its host and a peer."""

    def __init__(self, dialect: str = "sd_api_v5", **config: Any) -> None:
        self.device = Device(dialect, DeviceConfig(**config))
        self.codec = Codec(dialect)
        self.peer = Peer(self.device)
        self.now = 0.0
        self.succeeded: set[str] = set()
        """The calls that were answered with success, by name."""
        self._events: list[Event | Opaque] = []

    def call(self, command: Command[Any]) -> Response:
        """What the device answers to a command."""
        own = variant_for(self.codec, command)
        response = self.codec.unpack(self.raw(self.codec.pack(own)))
        assert isinstance(response, Response)
        if response.result == 0:
            self.succeeded.add(own.name)
        return response

    def raw(self, payload: bytes) -> bytes:
        """The response to a payload."""
        self._collect()
        self.device.receive(payload, self.now)
        response, *events = self.device.payloads_to_send()
        assert response[:2] == b"\x01" + payload[1:2]
        self._events += map(self._event, events)
        return response

    def faults_at(self, payload: bytes) -> bool:
        """Whether the payload is a fault to the firmware; it starts again then."""
        self.device.receive(payload, self.now)
        faulted = self.device.at_fault
        assert faulted is not bool(self.device.payloads_to_send())
        self.device.reboot()
        return faulted

    def result(self, command: Command[Any]) -> int:
        """The result alone."""
        return self.call(command).result

    def ok(self, command: Command[Any]) -> Any:
        """The response of a command that has to succeed."""
        response = self.call(command)
        assert response.result == 0, response
        return response

    def stored(self, handle: int) -> bytes:
        """An attribute's value, as the application has it."""
        value = self.ok(ValueGet(BLE_CONN_HANDLE_INVALID, handle, ValueBuffer(512))).value.value
        assert isinstance(value, bytes)
        return value

    def after(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        self.device.tick(self.now)

    def events(self) -> list[Event | Opaque]:
        """The events since the last time."""
        self._collect()
        events, self._events = self._events, []
        return events

    def event(self, kind: type[E]) -> E:
        """The only event since the last time."""
        (event,) = self.events()
        assert isinstance(event, kind)
        return event

    def _collect(self) -> None:
        self._events += map(self._event, self.device.payloads_to_send())

    def _event(self, payload: bytes) -> Event | Opaque:
        event = self.codec.unpack(payload)
        assert isinstance(event, (Event, Opaque))
        assert payload[0] == 2
        return event

    # -- what most tests begin with

    def service(self, uuid: int = HEART_RATE) -> int:
        """Add a primary service."""
        handle = self.ok(ServiceAdd(1, Uuid(uuid))).handle
        assert isinstance(handle, int)
        return handle

    def characteristic(
        self, uuid: int = MEASUREMENT, *, max_len: int = 20, value: bytes = b"", props: Any = None, **md: Any
    ) -> CharHandles:
        """Add a characteristic of variable length, open to all."""
        properties = CharProps(**(props or {"read": 1, "write": 1, "notify": 1, "indicate": 1}))
        attribute = Attr(
            Uuid(uuid), AttrMd(**{"read_perm": OPEN, "write_perm": OPEN, "vlen": 1, **md}), max_len, value
        )
        handles = self.ok(CharacteristicAdd(0, CharMd(properties), attribute)).handles
        assert isinstance(handles, CharHandles)
        return handles

    def connected(self) -> int:
        """Connect the peer, its subscriptions initialised; events so far are dropped."""
        conn = self.peer.connect()
        self.ok(SysAttrSet(conn))
        self.events()
        return conn

    def subscribed(self, *, indications: bool = False, **characteristic: Any) -> tuple[int, CharHandles]:
        """A service with a characteristic, and a peer that has subscribed to it."""
        self.service()
        handles = self.characteristic(**characteristic)
        conn = self.connected()
        self.peer.subscribe(handles.value_handle, notifications=True, indications=indications).result()
        self.events()
        return conn, handles

    def authorize(self, conn: int, *, status: int = 0, update: int = 1, data: bytes | None = None) -> int:
        """Answer the pending request in the way of its type; the call's result."""
        pending = self.device.connections.require(conn).pending
        assert pending is not None
        reading = pending.wait.name == "READ_AUTHORIZATION"
        answer = AuthorizeParams(status, update if status == 0 else 0, pending.request.offset, data)
        params = (
            RwAuthorizeReplyParams(AuthorizeType.READ, read=answer)
            if reading
            else RwAuthorizeReplyParams(AuthorizeType.WRITE, write=answer)
        )
        return self.result(RwAuthorizeReply(conn, params))

    def lend(self, conn: int, size: int | None) -> int:
        """Answer a request for user memory with that many bytes, or none; the call's result."""
        return self.result(UserMemReply(conn, None if size is None else UserMemBlock(size)))
