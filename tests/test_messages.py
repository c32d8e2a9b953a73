"""Messages as Python objects: dicts, repr, equality, hashing, pickling, and lengths that are left out."""

from __future__ import annotations

import copy
import json
import pickle
import re
from dataclasses import is_dataclass, replace
from inspect import signature
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import Layout, any_dialect, any_layout, many, messages, of_record

from gatts_codec.codec import Codec
from gatts_codec.errors import EncodeError
from gatts_codec.packets.gatts.characteristic_add import CharacteristicAdd, CharExtProps, CharMd, CharProps
from gatts_codec.packets.gatts.descriptor_add import DescriptorAddResponse
from gatts_codec.packets.gatts.hvx import Hvx, HvxParams
from gatts_codec.packets.gatts.rw_authorize_reply import (
    AuthorizeParams,
    RwAuthorizeReply,
    RwAuthorizeReplyParams,
)
from gatts_codec.packets.gatts.service_add import ServiceAdd, ServiceAddResponse
from gatts_codec.packets.gatts.sys_attr_get import SysAttrGetResponse
from gatts_codec.packets.gatts.sys_attr_set import SysAttrSet
from gatts_codec.packets.gatts.value_set import Value, ValueSet, ValueSetResponse
from gatts_codec.packets.gatts.write_event import WriteEvent
from gatts_codec.packets.opaque import Opaque
from gatts_codec.schema import message as schema
from gatts_codec.schema.field_types import field_types
from gatts_codec.schema.message import Message
from gatts_codec.schema.structs import Attr, AttrMd, MemBlock, Uuid


@many
@given(layout=any_layout, choose=st.data())
def test_a_message_is_a_value(layout: Layout, choose: st.DataObject) -> None:
    message = choose.draw(of_record(layout.record))
    protocol = choose.draw(st.sampled_from(range(2, pickle.HIGHEST_PROTOCOL + 1)))
    for same in (pickle.loads(pickle.dumps(message, protocol)), copy.copy(message), copy.deepcopy(message)):
        assert same == message
        assert hash(same) == hash(message)
        assert repr(same) == repr(message)
        assert type(same) is type(message)
    assert not hasattr(message, "__dict__")


@many
@given(dialect=any_dialect, choose=st.data())
def test_a_repr_names_every_field_in_order(dialect: str, choose: st.DataObject) -> None:
    message = choose.draw(messages(dialect))
    shown = repr(message)
    assert shown.startswith(f"{type(message).__name__}(")
    at = 0
    for name in field_types(type(message)):
        at = shown.index(f"{name}=", at) + 1
    assert "FROM_DATA" not in shown
    assert "<" not in re.sub(r"<\d+ bytes, not shown>", "", shown)  # keys


REPRS = {
    "ValueSet(conn_handle=0xffff, handle=0x000d, value=Value(value=bytes.fromhex('64'), offset=0, len=1))": ValueSet(
        0xFFFF, 13, Value(b"\x64")
    ),
    "ServiceAdd(type=PRIMARY, uuid=Uuid(uuid=0x180f, type=BLE), handle_present=True)": ServiceAdd(
        1, Uuid(0x180F)
    ),
    "ServiceAdd(type=77, uuid=Uuid(uuid=0x0001, type=200), handle_present=False)": ServiceAdd(
        77, Uuid(1, 200), False
    ),
    "ServiceAddResponse(result=NOT_FOUND, handle=None)": ServiceAddResponse(5),
    "WriteEvent(conn_handle=0x0000, handle=0x000e, uuid=Uuid(uuid=0x2a19, type=BLE), op=PREP_WRITE_REQ, "
    "auth_required=1, offset=0, data=bytes.fromhex('00ff'), mem_block=None)": WriteEvent(
        0, 14, Uuid(0x2A19), 4, 1, 0, b"\x00\xff"
    ),
    "SysAttrSet(conn_handle=0x0001, sys_attr_data=None, flags=0x00000002, len=0)": SysAttrSet(1, flags=2),
}


@pytest.mark.parametrize("shown", REPRS)
def test_a_repr_reads_well(shown: str) -> None:
    assert repr(REPRS[shown]) == shown


def test_messages_cannot_change() -> None:
    message = ServiceAdd(1, None)
    for name in ("type", "no_such_field"):
        with pytest.raises((AttributeError, TypeError)):
            setattr(message, name, 2)
    assert message == ServiceAdd(1, None)


def test_equal_fields_of_another_class_are_not_equal() -> None:
    service: Message = ServiceAddResponse(0, 12)
    assert service != DescriptorAddResponse(0, 12)
    assert len({ServiceAddResponse(0, 12), ServiceAddResponse(0, 12), ServiceAddResponse(0, 13)}) == 2


# A length is data of its own: left out it is the size of the bytes, given it stands.

FROM_DATA: dict[str, tuple[Message, dict[str, Any]]] = {
    "value": (Value(b"abc"), {"len": 3}),
    "value, none": (Value(), {"len": 0}),
    "value, none, given": (Value(None, 4, 600), {"len": 600, "offset": 4}),
    "attribute": (Attr(None, None, 20, b"abc"), {"init_len": 3, "init_offs": 0}),
    "attribute, none": (Attr(None, None, 20), {"init_len": 0}),
    "description": (
        CharMd(CharProps(), char_user_desc=b"ab"),
        {"char_user_desc_size": 2, "char_user_desc_max_size": 2},
    ),
    "description, none": (CharMd(CharProps()), {"char_user_desc_size": 0, "char_user_desc_max_size": 0}),
    "hvx": (HvxParams(3, data=b"abc"), {"len": 3}),
    "hvx, none": (HvxParams(3), {"len": None}),
    "hvx, none, given": (HvxParams(3, len=7), {"len": 7}),
    "attributes": (SysAttrSet(1, b"abc"), {"len": 3}),
    "attributes, none": (SysAttrSet(1), {"len": 0}),
    "attributes back": (SysAttrGetResponse(0, b"abc"), {"len": 3}),
    "attributes back, none": (SysAttrGetResponse(0), {"len": None}),
    "answer": (AuthorizeParams(data=b"abc"), {"len": 3}),
    "answer, none": (AuthorizeParams(), {"len": 0}),
    "memory": (MemBlock(mem=b"abc"), {"len": 3}),
    "memory, empty": (MemBlock(mem=b""), {"len": 0}),
}


@pytest.mark.parametrize("name", FROM_DATA)
def test_a_length_left_out_is_the_size_of_the_data(name: str) -> None:
    message, expected = FROM_DATA[name]
    assert {field: getattr(message, field) for field in expected} == expected


@pytest.mark.parametrize(
    ("dialect", "message", "path"),
    [
        ("sd_api_v5", Hvx(1, HvxParams(3, data=b"abc", len=None)), "hvx_params.len"),
        ("s110_v8", Hvx(1, HvxParams(3, data=b"abc", len=None)), "hvx_params.len"),
        ("s110_v8", SysAttrSet(1, None, len=5), "len"),
        ("s110_v8", SysAttrGetResponse(0, None), "len"),
        ("s110_v8", SysAttrGetResponse(0, b"abc", None), "len"),
        ("sd_api_v3", SysAttrGetResponse(0, b"abc", None), "len"),
        ("sd_api_v3", SysAttrGetResponse(5, b"abc"), "len"),
        ("sd_api_v5", ValueSetResponse(5, Value(b"abc")), "value"),
        ("s110_v8", ValueSetResponse(0, None), "value"),
        ("s110_v8", ServiceAddResponse(0, None), "handle"),
        ("s110_v8", ServiceAddResponse(5, 12), "handle"),
        ("sd_api_v5", RwAuthorizeReply(1, RwAuthorizeReplyParams(0)), "rw_authorize_reply_params.type"),
        ("sd_api_v5", RwAuthorizeReply(1, RwAuthorizeReplyParams(1)), "rw_authorize_reply_params.read"),
        (
            "sd_api_v5",
            RwAuthorizeReply(1, RwAuthorizeReplyParams(2, read=AuthorizeParams(), write=AuthorizeParams())),
            "rw_authorize_reply_params.read",
        ),
        (
            "sd_api_v5",
            CharacteristicAdd(1, CharMd(CharProps(read=2)), None),
            "char_md.char_props.read",
        ),
        (
            "sd_api_v5",
            CharacteristicAdd(1, CharMd(CharProps(), cccd_md=AttrMd(vloc=2)), None),
            "char_md.cccd_md.vloc",
        ),
        (
            "sd_api_v5",
            CharacteristicAdd(1, None, Attr(None, None, 9, None, init_len=513)),
            "attr_char_value.init_len",
        ),
    ],
)
def test_what_no_peer_would_send_is_refused(dialect: str, message: Any, path: str) -> None:
    with pytest.raises(EncodeError) as caught:
        Codec(dialect).encode(message)
    assert caught.value.path == path


PLAIN: dict[str, Any] = {"conn_handle": 1, "handle": 2, "value": {"len": 1, "offset": 0, "value": "0a"}}
WRONG: dict[str, tuple[Any, str, str]] = {
    "no mapping": ([1], "", "expected the fields of ValueSet"),
    "unknown field": (
        {**PLAIN, "hande": 2},
        "hande",
        "no such field; its fields are conn_handle, handle, value",
    ),
    "unknown inner field": (
        {**PLAIN, "value": {"size": 1}},
        "value.size",
        "its fields are value, offset, len",
    ),
    "missing field": ({"conn_handle": 1}, "", "ValueSet lacks handle, value"),
    "text": ({**PLAIN, "handle": "2"}, "handle", "expected int, got '2'"),
    "a float": ({**PLAIN, "handle": 2.0}, "handle", "expected int, got 2.0"),
    "null": ({**PLAIN, "handle": None}, "handle", "expected int, got None"),
    "an inner null": ({**PLAIN, "value": {"len": None}}, "value.len", "expected int, got None"),
    "no structure": ({**PLAIN, "value": 3}, "value", "expected the fields of Value"),
    "no hex": ({**PLAIN, "value": {"value": "0g"}}, "value.value", "expected bytes as hex"),
    "half a byte": ({**PLAIN, "value": {"value": "0"}}, "value.value", "expected bytes as hex"),
    "bytes as a list": ({**PLAIN, "value": {"value": [1]}}, "value.value", "expected bytes as hex"),
}


@pytest.mark.parametrize("name", WRONG)
def test_from_dict_says_which_field_is_wrong(name: str) -> None:
    plain, path, reason = WRONG[name]
    with pytest.raises(EncodeError, match=reason) as caught:
        ValueSet.from_dict(plain)
    assert caught.value.path == path


def test_from_dict_fills_in_defaults() -> None:
    assert ValueSet.from_dict({**PLAIN, "value": {"value": "0A0b"}}) == ValueSet(1, 2, Value(b"\x0a\x0b"))
    assert CharMd.from_dict({"char_props": {}}).char_ext_props == CharExtProps()


def test_from_dict_keeps_booleans_and_numbers_apart() -> None:
    with pytest.raises(EncodeError, match="expected bool, got 1"):
        ServiceAdd.from_dict({"type": 1, "uuid": None, "handle_present": 1})
    assert (
        json.dumps(ServiceAdd(True, None, True).to_dict())
        == '{"type": 1, "uuid": null, "handle_present": true}'
    )


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*PLAIN, *PLAIN["value"], "x"]), inner, max_size=4)
        ),
        max_leaves=8,
    )
)
def test_from_dict_of_anything_is_a_message_or_an_error_of_ours(plain: Any) -> None:
    try:
        message = ValueSet.from_dict(plain)
    except EncodeError:
        return
    assert ValueSet.from_dict(message.to_dict()) == message


UUID_128 = "6e400001-b5a3-f393-e0a9-e50e24dcca9e"


def test_a_vendor_uuid_from_its_128_bits() -> None:
    import uuid

    whole = uuid.UUID(UUID_128)
    assert (
        Uuid.from_128bit(UUID_128, 2)
        == Uuid.from_128bit(whole, 2)
        == Uuid.from_128bit(whole.bytes, 2)
        == Uuid(1, 2)
    )
    for wrong in ("6e40", b"\x00", "zz"):
        with pytest.raises(EncodeError, match=r"^uuid: not a 128-bit UUID: ") as caught:
            Uuid.from_128bit(wrong, 2)
        assert caught.value.value == wrong


def test_a_length_that_was_left_out_says_so_in_the_signature_and_can_be_left_out_again() -> None:
    assert "len: 'int' = FROM_DATA" in str(signature(Value))
    longer = replace(Value(b"a", offset=3), value=b"abc", len=schema.FROM_DATA)
    assert longer == Value(b"abc", offset=3, len=3)
    with pytest.raises(EncodeError, match="says 1, but value has 3 bytes"):
        Codec("sd_api_v5").encode(ValueSet(0, 1, replace(Value(b"a"), value=b"abc")))


def test_a_message_does_not_change_with_what_it_was_made_of() -> None:
    buffer = bytearray(b"ab")
    value, opaque = Value(buffer), Opaque(0, "command", "common", 0x60, memoryview(buffer))  # type: ignore[arg-type]
    buffer[0] = 0xFF
    assert (value, opaque.data) == (Value(b"ab"), b"ab")
    buffer += b"more than there was"  # no view of it is left, either
    released = memoryview(b"ab")
    released.release()
    with pytest.raises(EncodeError, match="value"):
        Codec("sd_api_v5").encode(ValueSet(0, 1, Value(released)))  # type: ignore[arg-type]


def test_so_it_is_with_every_field_that_holds_data() -> None:
    for cls in subclasses(Message):
        if is_dataclass(cls):
            data = {name for name, kind in field_types(cls).items() if {bytes, tuple} & set(kind.bases)}
            assert data <= set(cls._data), cls


def subclasses(cls: type[Message]) -> list[type[Message]]:
    return [each for direct in cls.__subclasses__() for each in (direct, *subclasses(direct))]
