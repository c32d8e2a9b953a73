"""The objects of Secure DFU: what a bootloader of SDK 15 answers to each operation. No radio, no clock.

    target = DfuObjects()
    target.request(bytes.fromhex("0601"))      # select the command object: 60 06 01, u32 size, offset, CRC-32
    target.packet(data)                        # b"", or a receipt that is due

Requests and responses as they travel over the control point, numbers least byte first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256
from zlib import crc32

from gatts_codec.arguments import check_fields
from gatts_codec.device.guests.init_packet import InitPacket, read_init_packet
from gatts_codec.errors import GattsError

COMMAND, DATA = 1, 2


class Op(IntEnum):
    """The operations."""

    PROTOCOL_VERSION = 0x00
    CREATE = 0x01
    RECEIPTS = 0x02
    CHECKSUM = 0x03
    EXECUTE = 0x04
    SELECT = 0x06
    MTU = 0x07
    PING = 0x09
    HARDWARE_VERSION = 0x0A
    FIRMWARE_VERSION = 0x0B
    ABORT = 0x0C


class Result(IntEnum):
    """What becomes of them."""

    SUCCESS = 0x01
    NOT_SUPPORTED = 0x02
    INVALID_PARAMETER = 0x03
    INSUFFICIENT_RESOURCES = 0x04
    INVALID_OBJECT = 0x05
    NOT_PERMITTED = 0x08
    FAILED = 0x0A
    EXTENDED = 0x0B


class Extended(IntEnum):
    """Why, where the result is EXTENDED."""

    INIT_INVALID = 0x04
    FW_VERSION = 0x05
    HW_VERSION = 0x06
    SD_VERSION = 0x07
    SIGNATURE_MISSING = 0x08
    HASH_TYPE = 0x09
    SIGNATURE_TYPE = 0x0B
    VERIFICATION = 0x0C


class Refused(Exception):
    """The operation has this result."""

    def __init__(self, result: Result, extended: Extended | None = None) -> None:
        super().__init__(result)
        self.result, self.extended = result, extended


_RESPONSE = 0x60
_COMMAND_SIZE, _DATA_SIZE = 256, 4096
_SHA256 = 3
_SIGNATURE_SIZE = 64
_TYPES = range(5)
_ANY_SOFTDEVICE = 0


@dataclass(frozen=True, slots=True)
class TargetConfig:
    """The device: its hardware and firmware versions, SoftDevice id, room for an image in bytes.

    ``public_key`` is the bootloader's, X and Y of 32 bytes, least byte first; with it packages have to be signed, which
    needs the package cryptography. Raises EncodeError for a field of another type.
    """

    hw_version: int = 52
    fw_version: int = 0
    softdevice: int = 0xFFFE
    flash: int = 512 * 1024
    public_key: bytes | None = None

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass
class DfuObjects:
    """What has come of an init packet and an image. ``complete``: the image is there, and is what it should be."""

    config: TargetConfig = field(default_factory=TargetConfig)
    complete: bool = False
    aborted: bool = False
    _kind: int = COMMAND
    _init: bytearray = field(default_factory=bytearray)
    _init_size: int = 0
    _accepted: InitPacket | None = None
    _image: bytearray = field(default_factory=bytearray)
    _executed: int = 0
    _created: int = 0
    _every: int = 0
    _packets: int = 0

    @property
    def image(self) -> bytes:
        """What has come of the image."""
        return bytes(self._image)

    def request(self, request: bytes) -> bytes:
        """The response to a request. Raises GattsError where a key is to be checked and cryptography is missing."""
        op, parameters = request[0] if request else 0xFF, request[1:]
        try:
            answer = self._carry_out(op, parameters)
        except Refused as refused:
            extended = b"" if refused.extended is None else bytes([refused.extended])
            return bytes([_RESPONSE, op, refused.result]) + extended
        return bytes([_RESPONSE, op, Result.SUCCESS]) + answer

    def packet(self, data: bytes) -> bytes:
        """Data of the current object; a receipt, if one is due."""
        result = Result.SUCCESS
        try:
            self._take(data)
        except Refused as refused:
            result = refused.result
        self._packets += 1
        if not self._every or self._packets % self._every:
            return b""
        return bytes([_RESPONSE, Op.CHECKSUM, result]) + (
            self._checksum() if result == Result.SUCCESS else b""
        )

    def _carry_out(self, op: int, parameters: bytes) -> bytes:
        match op:
            case Op.CREATE:
                self._create(_u8(parameters), _number(parameters[1:5], 4))
            case Op.RECEIPTS:
                self._every, self._packets = _number(parameters, 2), 0
            case Op.CHECKSUM:
                return self._checksum()
            case Op.EXECUTE:
                self._execute()
            case Op.SELECT:
                return self._select(_u8(parameters))
            case Op.ABORT:
                self.aborted = True
            case Op.PROTOCOL_VERSION | Op.MTU | Op.PING | Op.HARDWARE_VERSION | Op.FIRMWARE_VERSION:
                pass
            case _:
                raise Refused(Result.NOT_SUPPORTED)
        return b""

    def _select(self, kind: int) -> bytes:
        self._kind = _known(kind)
        size = _COMMAND_SIZE if kind == COMMAND else _DATA_SIZE
        return size.to_bytes(4, "little") + self._checksum()

    def _checksum(self) -> bytes:
        """Offset and CRC-32 of what there is of the current kind: of the image from its beginning."""
        data = self._init if self._kind == COMMAND else self._image
        return len(data).to_bytes(4, "little") + crc32(data).to_bytes(4, "little")

    def _create(self, kind: int, size: int) -> None:
        self._kind = _known(kind)
        self._packets = 0
        if kind == COMMAND:
            if not size:
                raise Refused(Result.INVALID_PARAMETER)
            if size > _COMMAND_SIZE:
                raise Refused(Result.INSUFFICIENT_RESOURCES)
            self._init, self._init_size, self._accepted = bytearray(), size, None
            self._image, self._executed, self._created = bytearray(), 0, 0
            return
        self._check_data(size)
        del self._image[self._executed :]
        self._created = size

    def _check_data(self, size: int) -> None:
        if self._accepted is None:
            raise Refused(Result.NOT_PERMITTED)
        end = self._executed + size
        if not size or (size % _DATA_SIZE and end != self._accepted.image_size):
            raise Refused(Result.INVALID_PARAMETER)
        if size > _DATA_SIZE:
            raise Refused(Result.INSUFFICIENT_RESOURCES)
        if end > self._accepted.image_size:
            raise Refused(Result.NOT_PERMITTED)

    def _take(self, data: bytes) -> None:
        if self._kind == COMMAND:
            if len(self._init) + len(data) > self._init_size:
                raise Refused(Result.INVALID_PARAMETER)
            self._init += data
        elif self._accepted is None:
            raise Refused(Result.NOT_PERMITTED)
        elif len(self._image) + len(data) > self._executed + self._created:
            raise Refused(Result.INVALID_PARAMETER)
        else:
            self._image += data

    # -- execute

    def _execute(self) -> None:
        if self._kind == COMMAND:
            self._execute_command()
        else:
            self._execute_data()

    def _execute_command(self) -> None:
        if self._accepted is not None:
            return
        if not self._init_size or len(self._init) != self._init_size:
            raise Refused(Result.NOT_PERMITTED)
        packet = read_init_packet(bytes(self._init))
        if packet is None:
            raise Refused(Result.INVALID_OBJECT)
        self._check_signature(packet)
        self._check_target(packet)
        self._accepted = packet

    def _check_signature(self, packet: InitPacket) -> None:
        if self.config.public_key is None:
            return
        if packet.signature is None:
            raise Refused(Result.EXTENDED, Extended.SIGNATURE_MISSING)
        if packet.signature_type != 0:
            raise Refused(Result.EXTENDED, Extended.SIGNATURE_TYPE)
        if len(packet.signature) != _SIGNATURE_SIZE:
            raise Refused(Result.FAILED)
        if not _is_signed(packet.signed, packet.signature, self.config.public_key):
            raise Refused(Result.INVALID_OBJECT)

    def _check_target(self, packet: InitPacket) -> None:
        """In the firmware's order."""
        config = self.config
        for wrong, why in (
            (packet.type not in _TYPES, Extended.INIT_INVALID),
            (packet.hash_type != _SHA256, Extended.HASH_TYPE),
            (packet.hw_version is None, Extended.INIT_INVALID),
            (packet.hw_version != config.hw_version, Extended.HW_VERSION),
            (not self._fits_softdevice(packet), Extended.SD_VERSION),
            (packet.fw_version is None and packet.type != 1, Extended.INIT_INVALID),
            ((packet.fw_version or 0) < config.fw_version, Extended.FW_VERSION),
            (not packet.image_size, Extended.INIT_INVALID),
        ):
            if wrong:
                raise Refused(Result.EXTENDED, why)
        if packet.image_size > config.flash:
            raise Refused(Result.INSUFFICIENT_RESOURCES)

    def _fits_softdevice(self, packet: InitPacket) -> bool:
        wanted = packet.sd_req
        any_will_do = not wanted or (wanted[0] == _ANY_SOFTDEVICE and len(wanted) == 1)
        return any_will_do or self.config.softdevice in wanted

    def _execute_data(self) -> None:
        packet = self._accepted
        if packet is None or len(self._image) != self._executed + self._created:
            raise Refused(Result.NOT_PERMITTED)
        self._executed, self._created = len(self._image), 0
        if self._executed < packet.image_size or self.complete:
            return
        if sha256(self._image).digest() != packet.hash[::-1]:
            self._accepted, self._image, self._executed = None, bytearray(), 0
            self._init, self._init_size = bytearray(), 0
            raise Refused(Result.EXTENDED, Extended.VERIFICATION)
        self.complete = True


def _known(kind: int) -> int:
    if kind not in (COMMAND, DATA):
        raise Refused(Result.INVALID_OBJECT)
    return kind


def _u8(parameters: bytes) -> int:
    return _number(parameters[:1], 1)


def _number(data: bytes, size: int) -> int:
    if len(data) < size:
        raise Refused(Result.INVALID_PARAMETER)
    return int.from_bytes(data[:size], "little")


def _is_signed(data: bytes, signature: bytes, key: bytes) -> bool:
    """Raises GattsError where cryptography is missing."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric import ec, utils
        from cryptography.hazmat.primitives.hashes import SHA256
    except ImportError as error:
        raise GattsError("a target with a public key needs the package cryptography") from error
    half = len(key) // 2
    x, y = (int.from_bytes(part, "little") for part in (key[:half], key[half:]))
    r, s = (int.from_bytes(part, "little") for part in (signature[:half], signature[half:]))
    try:
        ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key().verify(
            utils.encode_dss_signature(r, s), data, ec.ECDSA(SHA256())
        )
    except (InvalidSignature, ValueError):
        return False
    return True
