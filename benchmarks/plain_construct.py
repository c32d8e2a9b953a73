"""The six packets in stock construct, as its documentation writes such layouts. Presence flags are fields.

``container(message)`` is what ``build`` wants for a message; ``parse`` gives the same back.
"""

from __future__ import annotations

from typing import Any

from construct import (
    BitsInteger,
    BitStruct,
    Bytes,
    Const,
    Construct,
    Flag,
    If,
    Int8sl,
    Int8ul,
    Int16ul,
    Padding,
    Rebuild,
    Struct,
    len_,
    this,
)

from gatts_codec import AttrMd, HvxParams, Message
from gatts_codec.schema.field_types import field_types


def given(name: str) -> Construct:
    """The presence flag before an optional field: building derives it."""
    return Rebuild(Flag, this[name] != None)  # noqa: E711 - an expression of construct's


UUID = Struct("uuid" / Int16ul, "type" / Int8ul)
SEC_MODE = BitStruct("lv" / BitsInteger(4), "sm" / BitsInteger(4))
ATTR_MD = Struct(
    "read_perm" / SEC_MODE,
    "write_perm" / SEC_MODE,
    "bits"
    / BitStruct(Padding(3), "wr_auth" / Flag, "rd_auth" / Flag, "vloc" / BitsInteger(2), "vlen" / Flag),
)
CHAR_PROPS = BitStruct(
    Padding(1),
    "auth_signed_wr" / Flag,
    "indicate" / Flag,
    "notify" / Flag,
    "write" / Flag,
    "write_wo_resp" / Flag,
    "read" / Flag,
    "broadcast" / Flag,
)
CHAR_PF = Struct(
    "format" / Int8ul, "exponent" / Int8sl, "unit" / Int16ul, "name_space" / Int8ul, "desc" / Int16ul
)
CHAR_MD = Struct(
    "char_props" / CHAR_PROPS,
    "char_ext_props" / BitStruct(Padding(6), "wr_aux" / Flag, "reliable_wr" / Flag),
    "char_user_desc_max_size" / Int16ul,
    "char_user_desc_size" / Int16ul,
    "char_user_desc_present" / given("char_user_desc"),
    "char_user_desc" / If(this.char_user_desc_present, Bytes(this.char_user_desc_size)),
    "char_pf_present" / given("char_pf"),
    "char_pf" / If(this.char_pf_present, CHAR_PF),
    "user_desc_md_present" / given("user_desc_md"),
    "user_desc_md" / If(this.user_desc_md_present, ATTR_MD),
    "cccd_md_present" / given("cccd_md"),
    "cccd_md" / If(this.cccd_md_present, ATTR_MD),
    "sccd_md_present" / given("sccd_md"),
    "sccd_md" / If(this.sccd_md_present, ATTR_MD),
)
ATTR = Struct(
    "uuid_present" / given("uuid"),
    "uuid" / If(this.uuid_present, UUID),
    "attr_md_present" / given("attr_md"),
    "attr_md" / If(this.attr_md_present, ATTR_MD),
    "init_offs" / Int16ul,
    "max_len" / Int16ul,
    "init_len" / Int16ul,
    "value_present" / given("value"),
    "value" / If(this.value_present, Bytes(this.init_len)),
)
VALUE = Struct(
    "offset" / Int16ul,
    "len" / Int16ul,
    "value_present" / given("value"),
    "value" / If(this.value_present, Bytes(this.len)),
)
DATA = Struct(
    "len" / Rebuild(Int16ul, len_(this.value)), "present" / Rebuild(Flag, True), "value" / Bytes(this.len)
)
HVX_PARAMS = Struct(
    "handle" / Int16ul,
    "type" / Int8ul,
    "offset" / Int16ul,
    "data_present" / given("data"),
    "data" / If(this.data_present, DATA),
)

LAYOUTS: dict[str, Construct] = {
    "service_add": Struct(
        "opcode" / Const(0xA0, Int8ul),
        "type" / Int8ul,
        "uuid_present" / given("uuid"),
        "uuid" / If(this.uuid_present, UUID),
        "handle_present" / Flag,
    ),
    "characteristic_add": Struct(
        "opcode" / Const(0xA2, Int8ul),
        "service_handle" / Int16ul,
        "char_md_present" / given("char_md"),
        "char_md" / If(this.char_md_present, CHAR_MD),
        "attr_char_value_present" / given("attr_char_value"),
        "attr_char_value" / If(this.attr_char_value_present, ATTR),
        "handles_present" / Flag,
    ),
    "value_set": Struct(
        "opcode" / Const(0xA4, Int8ul),
        "conn_handle" / Int16ul,
        "handle" / Int16ul,
        "value_present" / given("value"),
        "value" / If(this.value_present, VALUE),
    ),
    "hvx": Struct(
        "opcode" / Const(0xA6, Int8ul),
        "conn_handle" / Int16ul,
        "hvx_params_present" / given("hvx_params"),
        "hvx_params" / If(this.hvx_params_present, HVX_PARAMS),
    ),
    "write": Struct(
        "event" / Const(0x50, Int16ul),
        "conn_handle" / Int16ul,
        "handle" / Int16ul,
        "uuid" / UUID,
        "op" / Int8ul,
        "auth_required" / Int8ul,
        "offset" / Int16ul,
        "len" / Rebuild(Int16ul, len_(this.data)),
        "data" / Bytes(this.len),
    ),
}


def container(message: Message) -> dict[str, Any]:
    """A message as the dict that these layouts build from."""
    plain: dict[str, Any] = {}
    for name in field_types(type(message)):
        value = getattr(message, name)
        plain[name] = container(value) if isinstance(value, Message) else value
    if isinstance(message, AttrMd):
        plain["bits"] = plain
    if isinstance(message, HvxParams):
        plain["data"] = {"value": message.data}
    return plain
