"""A phone: connects to whoever advertises, pairs, and keeps the keys."""

from __future__ import annotations

from gatts_codec.constants.gap import SecStatus
from gatts_codec.device.guests.guest import MTU, Guest
from gatts_codec.packets.gap.adv_events import AdvReportEvent
from gatts_codec.packets.gap.connection_events import ConnectedEvent, DisconnectedEvent
from gatts_codec.packets.gap.encryption import Encrypt
from gatts_codec.packets.gap.keys import EncKey, KeySet, SecKeys
from gatts_codec.packets.gap.pairing import Authenticate, SecParamsReply
from gatts_codec.packets.gap.security_events import AuthStatusEvent, SecParamsRequestEvent
from gatts_codec.packets.gap.structs import Addr, EncInfo, KeyDistribution, MasterId, SecParams
from gatts_codec.plans.connect import ConnectTo
from gatts_codec.plans.scan import ResumeScanning, Scan
from gatts_codec.plans.start import Start
from gatts_codec.schema.message import Event

_PLACE = EncKey(EncInfo(bytes(16), 0, 0), MasterId(0, bytes(8)))
_KEYS = KeyDistribution(enc=1)


class Phone(Guest):
    """Bonds by just works at the first meeting, and encrypts with the peer's key at later ones.

    ``bonds`` has the keys by address. It scans whenever nobody is connected.
    """

    address: bytes = bytes.fromhex("d00000000a11")

    def __init__(self) -> None:
        super().__init__()
        self.bonds: dict[bytes, EncKey] = {}
        self._peer: Addr | None = None

    def begin(self) -> None:
        """Look for somebody."""
        self.carry_out(Start(att_mtu=MTU, device_name="Phone", central_role_count=1, central_sec_count=1))
        self._look()

    def _look(self) -> None:
        self.carry_out(Scan(interval_ms=100, window_ms=100))

    def on_event(self, event: Event) -> None:
        """What happens."""
        match event:
            case AdvReportEvent() if event.type.connectable:
                self._peer = event.peer_addr
                self.carry_out(ConnectTo(event.peer_addr))
            case AdvReportEvent():
                self.carry_out(ResumeScanning())
            case ConnectedEvent():
                self._secure(event.conn_handle)
            case SecParamsRequestEvent():
                keys = KeySet(SecKeys(), SecKeys(_PLACE))
                self.call(SecParamsReply(event.conn_handle, SecStatus.SUCCESS, None, keys))
            case AuthStatusEvent() if event.bonded and event.sec_keyset is not None:
                if self._peer is not None and event.sec_keyset.keys_peer.enc_key is not None:
                    self.bonds[self._peer.addr] = event.sec_keyset.keys_peer.enc_key
            case DisconnectedEvent():
                self._look()

    def _secure(self, conn: int) -> None:
        key = self.bonds.get(self._peer.addr) if self._peer is not None else None
        if key is None:
            self.call(Authenticate(conn, SecParams(bond=1, kdist_peer=_KEYS)))
        else:
            self.call(Encrypt(conn, key.master_id, key.enc_info))
