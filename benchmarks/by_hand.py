"""The GATTS packets by hand: struct code as one writes it who knows the packets, Python and the same message classes.

The same checks as strict decoding, the same cheap way to build a frozen message. Errors are a bare ValueError.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import Any

from gatts_codec import (
    Attr,
    AttrMd,
    CharacteristicAdd,
    CharExtProps,
    CharMd,
    CharPf,
    CharProps,
    Hvx,
    HvxParams,
    Message,
    SecMode,
    ServiceAdd,
    Uuid,
    Value,
    ValueSet,
    WriteEvent,
)
from gatts_codec.schema.compiler.function_source import twin_of


def new(cls: type[Message]) -> Any:
    """The class that a frozen message is filled as."""
    return twin_of(cls)


NewAttr, NewAttrMd, NewCharacteristicAdd = new(Attr), new(AttrMd), new(CharacteristicAdd)
NewCharMd, NewCharPf, NewHvx, NewHvxParams = new(CharMd), new(CharPf), new(Hvx), new(HvxParams)
NewServiceAdd, NewUuid, NewValue = new(ServiceAdd), new(Uuid), new(Value)
NewValueSet, NewWriteEvent = new(ValueSet), new(WriteEvent)

SEC_MODES = [SecMode(byte & 0xF, byte >> 4) for byte in range(256)]
CHAR_PROPS = [CharProps(*(byte >> bit & 1 for bit in range(7))) for byte in range(128)]
CHAR_EXT_PROPS = [CharExtProps(byte & 1, byte >> 1) for byte in range(4)]
FLAGS = (False, True)

SERVICE = Struct("<BBBHBB")
SERVICE_WITHOUT_UUID = Struct("<BBBB")
VALUE = Struct("<BHHBHHB")
NO_VALUE = Struct("<BHHB")
HVX = Struct("<BHBHBHBHB")
WRITE = Struct("<HHHHBBBHH")
CHARACTERISTIC = Struct("<BHB")
CHAR_MD = Struct("<BBHHB")
CHAR_PF = Struct("<BbHBH")
ATTR_MD = Struct("<BBB")
UUID = Struct("<HB")
LENGTHS = Struct("<HHHB")


def encode_service_add(message: ServiceAdd) -> bytes:
    uuid = message.uuid
    if uuid is None:
        return SERVICE_WITHOUT_UUID.pack(0xA0, message.type, 0, message.handle_present)
    return SERVICE.pack(0xA0, message.type, 1, uuid.uuid, uuid.type, message.handle_present)


def decode_service_add(body: bytes) -> Any:
    if body[2] == 0:
        _, kind, _, wanted = SERVICE_WITHOUT_UUID.unpack(body)
        uuid = None
    else:
        _, kind, given, number, base, wanted = SERVICE.unpack(body)
        if given != 1:
            raise ValueError(body)
        uuid = NewUuid()
        uuid.uuid = number
        uuid.type = base
        uuid.__class__ = Uuid
    message = NewServiceAdd()
    message.type = kind
    message.uuid = uuid
    message.handle_present = FLAGS[wanted]
    message.__class__ = ServiceAdd
    return message


def encode_value_set(message: ValueSet) -> bytes:
    value = message.value
    if value is None:
        return NO_VALUE.pack(0xA4, message.conn_handle, message.handle, 0)
    data = value.value
    head = VALUE.pack(0xA4, message.conn_handle, message.handle, 1, value.offset, value.len, data is not None)
    if data is None:
        return head
    if value.len != len(data) or len(data) > 512:
        raise ValueError(message)
    return head + data


def decode_value_set(body: bytes) -> Any:
    value = None
    if body[5] == 0:
        _, conn_handle, handle, _ = NO_VALUE.unpack(body)
    else:
        _, conn_handle, handle, given, offset, size, follows = VALUE.unpack_from(body)
        data = None
        if follows == 1:
            data = body[11:]
            if len(data) != size:
                raise ValueError(body)
        if given != 1 or follows > 1 or size > 512 or (data is None and len(body) != 11):
            raise ValueError(body)
        value = NewValue()
        value.value = data
        value.offset = offset
        value.len = size
        value.__class__ = Value
    message = NewValueSet()
    message.conn_handle = conn_handle
    message.handle = handle
    message.value = value
    message.__class__ = ValueSet
    return message


def encode_hvx(message: Hvx) -> bytes:
    params = message.hvx_params
    if params is None or params.data is None:
        raise ValueError(message)
    data = params.data
    if params.len != len(data) or len(data) > 512:
        raise ValueError(message)
    return (
        HVX.pack(0xA6, message.conn_handle, 1, params.handle, params.type, params.offset, 1, params.len, 1)
        + data
    )


def decode_hvx(body: bytes) -> Any:
    _, conn_handle, given, handle, kind, offset, present, size, follows = HVX.unpack_from(body)
    data = body[13:]
    if not given == present == follows == 1 or len(data) != size or size > 512:
        raise ValueError(body)
    params = NewHvxParams()
    params.handle = handle
    params.type = kind
    params.data = data
    params.offset = offset
    params.len = size
    params.__class__ = HvxParams
    message = NewHvx()
    message.conn_handle = conn_handle
    message.hvx_params = params
    message.__class__ = Hvx
    return message


def encode_write(message: WriteEvent) -> bytes:
    uuid, data = message.uuid, message.data
    if message.mem_block is not None or len(data) > 512:
        raise ValueError(message)
    return (
        WRITE.pack(
            0x50,
            message.conn_handle,
            message.handle,
            uuid.uuid,
            uuid.type,
            message.op,
            message.auth_required,
            message.offset,
            len(data),
        )
        + data
    )


def decode_write(body: bytes) -> Any:
    event, conn_handle, handle, number, base, op, auth_required, offset, size = WRITE.unpack_from(body)
    data = body[15:]
    if event != 0x50 or len(data) != size or size > 512:
        raise ValueError(body)
    uuid = NewUuid()
    uuid.uuid = number
    uuid.type = base
    uuid.__class__ = Uuid
    message = NewWriteEvent()
    message.conn_handle = conn_handle
    message.handle = handle
    message.uuid = uuid
    message.op = op
    message.auth_required = auth_required
    message.offset = offset
    message.data = data
    message.mem_block = None
    message.__class__ = WriteEvent
    return message


def encode_characteristic_add(message: CharacteristicAdd) -> bytes:
    md, attr = message.char_md, message.attr_char_value
    head = CHARACTERISTIC.pack(0xA2, message.service_handle, md is not None)
    body = _char_md(md) if md is not None else b""
    value = b"\x01" + _attr(attr) if attr is not None else b"\x00"
    return head + body + value + (b"\x01" if message.handles_present else b"\x00")


def _char_md(md: CharMd) -> bytes:
    props, ext, text, pf = md.char_props, md.char_ext_props, md.char_user_desc, md.char_pf
    bits = (
        props.broadcast
        | props.read << 1
        | props.write_wo_resp << 2
        | props.write << 3
        | props.notify << 4
        | props.indicate << 5
        | props.auth_signed_wr << 6
    )
    if bits > 127 or (text is not None and len(text) != md.char_user_desc_size):
        raise ValueError(md)
    return b"".join(
        (
            CHAR_MD.pack(
                bits,
                ext.reliable_wr | ext.wr_aux << 1,
                md.char_user_desc_max_size,
                md.char_user_desc_size,
                text is not None,
            ),
            text or b"",
            b"\x00"
            if pf is None
            else b"\x01" + CHAR_PF.pack(pf.format, pf.exponent, pf.unit, pf.name_space, pf.desc),
            _attr_md(md.user_desc_md),
            _attr_md(md.cccd_md),
            _attr_md(md.sccd_md),
        )
    )


def _attr_md(md: AttrMd | None) -> bytes:
    if md is None:
        return b"\x00"
    read, write = md.read_perm, md.write_perm
    if md.vloc != 1:
        raise ValueError(md)
    return b"\x01" + ATTR_MD.pack(
        read.sm | read.lv << 4,
        write.sm | write.lv << 4,
        md.vlen | md.vloc << 1 | md.rd_auth << 3 | md.wr_auth << 4,
    )


def _attr(attr: Attr) -> bytes:
    uuid, data = attr.uuid, attr.value
    if data is not None and attr.init_len != len(data):
        raise ValueError(attr)
    return b"".join(
        (
            b"\x00" if uuid is None else b"\x01" + UUID.pack(uuid.uuid, uuid.type),
            _attr_md(attr.attr_md),
            LENGTHS.pack(attr.init_offs, attr.max_len, attr.init_len, data is not None),
            data or b"",
        )
    )


def decode_characteristic_add(body: bytes) -> Any:
    _, service_handle, given = CHARACTERISTIC.unpack_from(body)
    at, md, attr = 4, None, None
    if given == 1:
        md, at = _read_char_md(body, at)
    elif given:
        raise ValueError(body)
    given = body[at]
    at += 1
    if given == 1:
        attr, at = _read_attr(body, at)
    elif given:
        raise ValueError(body)
    if len(body) != at + 1:
        raise ValueError(body)
    message = NewCharacteristicAdd()
    message.service_handle = service_handle
    message.char_md = md
    message.attr_char_value = attr
    message.handles_present = FLAGS[body[at]]
    message.__class__ = CharacteristicAdd
    return message


def _read_char_md(body: bytes, at: int) -> tuple[Any, int]:
    props, ext, longest, size, follows = CHAR_MD.unpack_from(body, at)
    at += 7
    text = None
    if follows == 1:
        text = body[at : at + size]
        at += size
    if follows > 1 or size > 512:
        raise ValueError(body)
    pf, at = _read_char_pf(body, at)
    user_desc_md, at = _read_attr_md(body, at)
    cccd_md, at = _read_attr_md(body, at)
    sccd_md, at = _read_attr_md(body, at)
    md = NewCharMd()
    md.char_props = CHAR_PROPS[props]
    md.char_ext_props = CHAR_EXT_PROPS[ext]
    md.char_user_desc = text
    md.char_user_desc_max_size = longest
    md.char_user_desc_size = size
    md.char_pf = pf
    md.user_desc_md = user_desc_md
    md.cccd_md = cccd_md
    md.sccd_md = sccd_md
    md.__class__ = CharMd
    return md, at


def _read_char_pf(body: bytes, at: int) -> tuple[Any, int]:
    given = body[at]
    if given == 0:
        return None, at + 1
    if given != 1:
        raise ValueError(body)
    pf = NewCharPf()
    pf.format, pf.exponent, pf.unit, pf.name_space, pf.desc = CHAR_PF.unpack_from(body, at + 1)
    pf.__class__ = CharPf
    return pf, at + 8


def _read_attr_md(body: bytes, at: int) -> tuple[Any, int]:
    given = body[at]
    if given == 0:
        return None, at + 1
    read, write, bits = ATTR_MD.unpack_from(body, at + 1)
    if given != 1 or bits & 0xE6 != 2:
        raise ValueError(body)
    md = NewAttrMd()
    md.read_perm = SEC_MODES[read]
    md.write_perm = SEC_MODES[write]
    md.vlen = bits & 1
    md.vloc = 1
    md.rd_auth = bits >> 3 & 1
    md.wr_auth = bits >> 4 & 1
    md.__class__ = AttrMd
    return md, at + 4


def _read_attr(body: bytes, at: int) -> tuple[Any, int]:
    uuid = None
    given = body[at]
    at += 1
    if given == 1:
        uuid = NewUuid()
        uuid.uuid, uuid.type = UUID.unpack_from(body, at)
        uuid.__class__ = Uuid
        at += 3
    md, at = _read_attr_md(body, at)
    offset, longest, size, follows = LENGTHS.unpack_from(body, at)
    at += 7
    data = None
    if follows == 1:
        data = body[at : at + size]
        at += size
    if given > 1 or follows > 1 or size > 512:
        raise ValueError(body)
    attr = NewAttr()
    attr.uuid = uuid
    attr.attr_md = md
    attr.max_len = longest
    attr.value = data
    attr.init_offs = offset
    attr.init_len = size
    attr.__class__ = Attr
    return attr, at


ENCODE: dict[str, Callable[[Any], bytes]] = {
    "service_add": encode_service_add,
    "characteristic_add": encode_characteristic_add,
    "value_set": encode_value_set,
    "hvx": encode_hvx,
    "write": encode_write,
}
DECODE: dict[str, Callable[[bytes], Any]] = {
    "service_add": decode_service_add,
    "characteristic_add": decode_characteristic_add,
    "value_set": decode_value_set,
    "hvx": decode_hvx,
    "write": decode_write,
}
