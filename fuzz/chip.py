"""Virtual chip: whatever host and peer do, each command is answered once or restarts it, and all it says decodes.

byte 0    which dialect
then      acts: a byte that chooses, and what it needs
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from fuzz.material import DIALECT_NAMES, vectors
from gatts_codec import Codec
from gatts_codec.constants import NrfError, RpcPacketType
from gatts_codec.device.config import DeviceConfig
from gatts_codec.device.device import Device
from gatts_codec.device.peer import Peer
from gatts_codec.errors import PeerError

_COMMAND, _PEER, _TIME = range(3)
_MOST_ACTS = 200
_COMMANDS_A_SEED = 6
_UNKNOWN = NrfError.NOT_SUPPORTED.to_bytes(4, "little")  # also where the dialect has no such opcode
_PEER_ACTS: list[Callable[[Peer, int, bytes], object]] = [
    lambda peer, handle, data: peer.connect(),
    lambda peer, handle, data: peer.disconnect(),
    lambda peer, handle, data: peer.read(handle, len(data)),
    lambda peer, handle, data: peer.read_long(handle),
    lambda peer, handle, data: peer.write(handle, data),
    lambda peer, handle, data: peer.write_command(handle, data),
    lambda peer, handle, data: peer.write_long(handle, data * 9),
    lambda peer, handle, data: peer.prepare(handle, data, len(data)),
    lambda peer, handle, data: peer.execute(),
    lambda peer, handle, data: peer.cancel(),
    lambda peer, handle, data: peer.subscribe(handle, indications=len(data) % 2 == 1),
    lambda peer, handle, data: peer.exchange_mtu(23 + handle),
    lambda peer, handle, data: peer.confirm(),
    lambda peer, handle, data: peer.encrypt(handle),
    lambda peer, handle, data: peer.leave(),
    lambda peer, handle, data: peer.come_back(),
]


def seeds() -> list[bytes]:
    """Each dialect's golden commands, a few at a time, and then a peer that does everything."""
    found = []
    peer = [_act(_PEER, bytes([at, 12]) + b"\x01\x00") for at in range(len(_PEER_ACTS))]
    for number, dialect in enumerate(DIALECT_NAMES):
        commands = [
            _act(_COMMAND, b"\0" + bytes.fromhex(record["hex"]))
            for record in vectors("valid", "malformed", dialects=[dialect])
            if record["kind"] == "command"
        ]
        for few in range(0, len(commands), _COMMANDS_A_SEED):
            acts = [*commands[few : few + _COMMANDS_A_SEED], *peer, _act(_TIME, b"\x1f"), *reversed(peer)]
            found.append(bytes([number]) + b"".join(acts))
    return found


def check(data: bytes) -> None:
    """Do one act after the other; look at all that the chip says."""
    if not data:
        return
    dialect = DIALECT_NAMES[data[0] % len(DIALECT_NAMES)]
    device = Device(dialect, DeviceConfig())
    bench = _Bench(device, Peer(device), Codec(dialect))
    for code, argument in _acts(data[1:]):
        bench.act(code, argument)
        assert device.table.used <= device.table.size


class _Bench:
    def __init__(self, device: Device, peer: Peer, codec: Codec) -> None:
        self._device, self._peer, self._codec, self._now = device, peer, codec, 0.0

    def act(self, code: int, argument: bytes) -> None:
        if code == _COMMAND:
            self._command(argument)
        elif code == _TIME:
            self._now += sum(argument) / 10
            self._device.tick(self._now)
        elif len(argument) >= 2:
            with suppress(PeerError):
                _PEER_ACTS[argument[0] % len(_PEER_ACTS)](self._peer, argument[1], argument[2:])
        self._events(self._device.payloads_to_send())

    def _command(self, payload: bytes) -> None:
        self._device.receive(payload, self._now)
        answer = self._device.payloads_to_send()
        if self._device.reboot_cause is not None or payload[:1] != bytes([RpcPacketType.COMMAND]):
            assert not answer, "an answer to what was no command, or from a chip that restarts"
        else:
            assert answer[0][:2] == bytes([RpcPacketType.RESPONSE]) + payload[1:2], (
                "a command without response"
            )
            if answer[0][2:] != _UNKNOWN:
                self._codec.unpack(answer[0])
            self._events(answer[1:])
        if self._device.reboot_cause is not None:
            self._device.reboot()

    def _events(self, payloads: list[bytes]) -> None:
        for payload in payloads:
            assert payload[0] == RpcPacketType.EVENT
            self._codec.unpack(payload)


def _act(code: int, argument: bytes) -> bytes:
    return bytes([code, len(argument)]) + argument if len(argument) < 256 else b""


def _acts(data: bytes) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    at = 0
    while at + 1 < len(data) and len(found) < _MOST_ACTS:
        size = data[at + 1]
        found.append((data[at] % 3, data[at + 2 : at + 2 + size]))
        at += 2 + size
    return found
