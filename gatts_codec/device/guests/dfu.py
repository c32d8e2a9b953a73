"""A target of Secure DFU, as bootloaders of SDK 15 are: finds a peer, takes an image, checks it, and starts it."""

from __future__ import annotations

from gatts_codec.arguments import checked
from gatts_codec.constants import AuthorizeType, GattStatus, HvxType, NrfError, WriteOp
from gatts_codec.constants.gap import SecStatus
from gatts_codec.device.guests.dfu_objects import DfuObjects, TargetConfig
from gatts_codec.device.guests.guest import MTU, Guest
from gatts_codec.packets.common.uuid_vs_add import Uuid128, UuidVsAdd
from gatts_codec.packets.gap.connect import ConnParamUpdate
from gatts_codec.packets.gap.connection_events import ConnectedEvent, DisconnectedEvent
from gatts_codec.packets.gap.pairing import SecParamsReply
from gatts_codec.packets.gap.security_events import SecParamsRequestEvent
from gatts_codec.packets.gap.structs import ConnParams
from gatts_codec.packets.gatts.characteristic_add import CharacteristicAdd
from gatts_codec.packets.gatts.hvn_tx_complete_event import HvnTxCompleteEvent
from gatts_codec.packets.gatts.hvx import Hvx, HvxParams
from gatts_codec.packets.gatts.rw_authorize_reply import (
    AuthorizeParams,
    RwAuthorizeReply,
    RwAuthorizeReplyParams,
)
from gatts_codec.packets.gatts.rw_authorize_request_event import RwAuthorizeRequestEvent
from gatts_codec.packets.gatts.service_add import ServiceAdd
from gatts_codec.packets.gatts.value_get import ValueBuffer, ValueGet
from gatts_codec.packets.gatts.write_event import WriteEvent
from gatts_codec.plans.advertise import Advertise
from gatts_codec.plans.start import Start
from gatts_codec.schema.characteristic import CharMd, CharProps
from gatts_codec.schema.message import Event
from gatts_codec.schema.structs import OPEN, Attr, AttrMd, Uuid

SERVICE = 0xFE59
CONTROL_POINT, PACKET = 0x0001, 0x0002
_BASE = Uuid128.from_text("8EC90000-F315-4F60-9FB8-838830DAEA50")
_TIMING = ConnParams(12, 12, 0, 600)  # 15 ms, 6 s
# Flags, an incomplete list of services, the name.
_ADVERTISED = b"\x02\x01\x06\x03\x02\x59\xfe\x08\x09DfuTarg"
_LONGEST_REQUEST, _LONGEST_PACKET = 23, MTU - 3
_WORD = 4


class DfuTarget(Guest):
    """Advertises as DfuTarg until an image is complete; a lost link does not lose what has come.

    ``objects`` has the image. Afterwards it restarts, as a board does: it is silent, and advertises no more.
    """

    address: bytes = bytes.fromhex("d00000000d0f")

    @checked
    def __init__(self, config: TargetConfig | None = None) -> None:
        super().__init__()
        self.objects: DfuObjects = DfuObjects(config or TargetConfig())
        self._restarts = False

    def begin(self) -> None:
        """Service, characteristics, advertising."""
        self.carry_out(Start(att_mtu=MTU, device_name="DfuTarg", vs_uuid_count=1, hvn_tx_queue_size=8))
        kind = self.call(UuidVsAdd(_BASE)).uuid_type or 0
        self.call(ServiceAdd(1, Uuid(SERVICE)))
        packet = AttrMd(write_perm=OPEN, vlen=1)
        self._packet = self._add(PACKET, kind, CharProps(write_wo_resp=1), packet, _LONGEST_PACKET)
        control = AttrMd(write_perm=OPEN, vlen=1, wr_auth=1)
        properties = CharProps(write=1, notify=1)
        self._control = self._add(CONTROL_POINT, kind, properties, control, _LONGEST_REQUEST)
        self._advertise()

    def _add(self, uuid: int, kind: int, properties: CharProps, md: AttrMd, longest: int) -> int:
        characteristic = CharacteristicAdd(0, CharMd(properties), Attr(Uuid(uuid, kind), md, longest))
        handles = self.call(characteristic).handles
        assert handles is not None
        self._cccd = handles.cccd_handle
        return handles.value_handle

    def _advertise(self) -> None:
        self.carry_out(Advertise(_ADVERTISED, interval_ms=25))

    def mtu_for(self, wanted: int) -> int:
        """The data of a packet are whole words."""
        most = min(wanted, MTU)
        return most - (most - 3) % _WORD

    def on_event(self, event: Event) -> None:
        """What a peer does."""
        match event:
            case ConnectedEvent():
                self.try_call(ConnParamUpdate(event.conn_handle, _TIMING))
            case DisconnectedEvent() if not self.objects.complete:
                self._advertise()
            case HvnTxCompleteEvent() if self._restarts and self.device.ether is not None:
                self.device.ether.vanish(self.device)
            case SecParamsRequestEvent():
                self.call(SecParamsReply(event.conn_handle, SecStatus.PAIRING_NOT_SUPP, None, None))
            case WriteEvent() if event.handle == self._packet and event.op == WriteOp.WRITE_CMD:
                self._notify(self.objects.packet(event.data))
            case RwAuthorizeRequestEvent(type=AuthorizeType.WRITE) if event.write is not None:
                self._request(event.conn_handle, event.write.data)

    def _request(self, conn: int, request: bytes) -> None:
        """The write is answered first, then the request."""
        listens = self._listens(conn)
        status = GattStatus.SUCCESS if listens else GattStatus.ATTERR_CPS_CCCD_CONFIG_ERROR
        write = AuthorizeParams(status, int(listens), 0, data=request if listens else None)
        self.call(RwAuthorizeReply(conn, RwAuthorizeReplyParams(AuthorizeType.WRITE, write=write)))
        if not listens:
            return
        self._notify(self.objects.request(request))
        if self.objects.complete or self.objects.aborted:
            self._restarts = True

    def _listens(self, conn: int) -> bool:
        value = self.call(ValueGet(conn, self._cccd, ValueBuffer(2))).value
        return bool(value is not None and value.value and value.value[0] & HvxType.NOTIFICATION)

    def _notify(self, data: bytes) -> None:
        if data and self.conn is not None:
            response = self.try_call(Hvx(self.conn, HvxParams(self._control, data=data)))
            assert response.result in (NrfError.SUCCESS, NrfError.RESOURCES, NrfError.INVALID_STATE), response
