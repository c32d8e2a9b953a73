"""value_set, value_get, attr_get."""

from __future__ import annotations

import pytest
from device.bench import ALL, FIRST, MEASUREMENT, WITH_CONTEXT, WITH_MTU, Bench, first_handle

from gatts_codec import (
    Attr,
    AttrGet,
    AttrMd,
    BleError,
    CharacteristicAdd,
    CharMd,
    CharProps,
    NrfError,
    SysAttrSet,
    Uuid,
    Value,
    ValueBuffer,
    ValueGet,
    ValueSet,
)

NO_CONNECTION = 0xFFFF
UP_TO_V3 = (*(dialect for dialect in ALL if dialect not in WITH_MTU), "sd_api_v3", "sd_api_v3_pc")


def set_value(bench: Bench, handle: int, value: Value | None, conn: int = NO_CONNECTION) -> int:
    return bench.result(ValueSet(conn, handle, value))


def get_value(
    bench: Bench, handle: int, room: int = 512, offset: int = 0, conn: int = NO_CONNECTION
) -> Value:
    value = bench.ok(ValueGet(conn, handle, ValueBuffer(room, offset))).value
    assert isinstance(value, Value)
    return value


@pytest.fixture(params=ALL)
def bench(request: pytest.FixtureRequest) -> Bench:
    bench = Bench(request.param)
    bench.service()
    return bench


def test_value_set_answers_what_was_written(bench: Bench) -> None:
    handle = bench.characteristic(value=b"old").value_handle
    response = bench.ok(ValueSet(NO_CONNECTION, handle, Value(b"brand new", 0)))
    assert response.value == Value(b"brand new", 0)
    assert get_value(bench, handle) == Value(b"brand new", 0)


def test_value_set_at_an_offset_ends_a_variable_value_there(bench: Bench) -> None:
    handle = bench.characteristic(value=b"0123456789").value_handle
    assert bench.ok(ValueSet(NO_CONNECTION, handle, Value(b"ab", 2))).value == Value(b"ab", 2)
    assert get_value(bench, handle).value == b"01ab"


def test_value_set_data_size(bench: Bench) -> None:
    handle = bench.characteristic(max_len=20, value=b"x").value_handle
    assert set_value(bench, handle, Value(bytes(20))) == NrfError.SUCCESS
    assert set_value(bench, handle, Value(bytes(21))) == NrfError.DATA_SIZE
    assert set_value(bench, handle, Value(bytes(2), 19)) == NrfError.DATA_SIZE
    assert get_value(bench, handle).value == bytes(20)


def test_a_fixed_value_keeps_its_length(bench: Bench) -> None:
    handle = bench.characteristic(max_len=4, value=b"1", vlen=0).value_handle
    assert get_value(bench, handle).value == b"1\0\0\0"
    assert set_value(bench, handle, Value(b"123")) == NrfError.DATA_SIZE
    assert set_value(bench, handle, Value(b"1234")) == NrfError.SUCCESS
    assert set_value(bench, handle, Value(b"xy", 2)) == NrfError.SUCCESS
    assert get_value(bench, handle).value == b"12xy"


def test_value_set_beyond_the_value(bench: Bench) -> None:
    handle = bench.characteristic(value=b"12").value_handle
    assert set_value(bench, handle, Value(b"x", 3)) == NrfError.INVALID_PARAM


def test_value_set_without_bytes_sets_the_length(bench: Bench) -> None:
    handle = bench.characteristic(value=b"1234").value_handle
    assert set_value(bench, handle, Value(None, 0, 2)) == NrfError.SUCCESS
    assert get_value(bench, handle).value == b"12"
    assert set_value(bench, handle, Value(None, 0, 3)) == NrfError.SUCCESS
    assert get_value(bench, handle).value == b"12\0"


def test_values_not_there(bench: Bench) -> None:
    for handle in (0, 0xDEAD):
        assert set_value(bench, handle, Value(b"x")) == NrfError.NOT_FOUND
        assert bench.result(ValueGet(NO_CONNECTION, handle, ValueBuffer(20))) == NrfError.NOT_FOUND


def test_values_without_a_value(bench: Bench) -> None:
    handle = bench.characteristic().value_handle
    assert set_value(bench, handle, None) == NrfError.INVALID_ADDR
    assert bench.result(ValueGet(NO_CONNECTION, handle, None)) == NrfError.INVALID_ADDR


def test_the_stacks_own_attributes_can_be_read_and_not_set(bench: Bench) -> None:
    assert get_value(bench, 3).value == b"nRF5x"  # device name
    for handle in (
        1,
        3,
        first_handle(bench.device.dialect.name),
    ):  # the last is the application's own service declaration
        assert set_value(bench, handle, Value(b"x")) == NrfError.FORBIDDEN


def test_the_connection_handle_does_not_matter_for_values(bench: Bench) -> None:
    handle = bench.characteristic().value_handle
    assert set_value(bench, handle, Value(b"x"), conn=7) == NrfError.SUCCESS
    assert get_value(bench, handle, conn=3).value == b"x"


def test_value_get_with_offsets(bench: Bench) -> None:
    handle = bench.characteristic(value=b"0123456789").value_handle
    assert get_value(bench, handle, offset=4) == Value(b"456789", 4)
    assert get_value(bench, handle, offset=10) == Value(b"", 10)
    assert bench.result(ValueGet(0, handle, ValueBuffer(20, 11))) == NrfError.INVALID_PARAM


def test_value_get_tells_the_total_length(bench: Bench) -> None:
    handle = bench.characteristic(value=b"0123456789").value_handle
    absent = bench.ok(ValueGet(NO_CONNECTION, handle, ValueBuffer(0, 3, value_present=False)))
    assert absent.value == Value(None, 3, 7)
    assert get_value(bench, handle, room=4, offset=3) == Value(None, 3, 7)
    assert get_value(bench, handle, room=7, offset=3) == Value(b"3456789", 3)


def test_values_of_cccds_belong_to_a_connection(bench: Bench) -> None:
    dialect = bench.device.dialect.name
    handle = bench.characteristic().cccd_handle
    nobody = BleError.GATTS_INVALID_ATTR_TYPE if dialect in UP_TO_V3 else BleError.INVALID_CONN_HANDLE
    assert set_value(bench, handle, Value(b"\1\0")) == nobody
    assert bench.result(ValueGet(NO_CONNECTION, handle, ValueBuffer(2))) == nobody
    assert bench.result(ValueGet(0, handle, ValueBuffer(2))) == BleError.INVALID_CONN_HANDLE
    conn = bench.peer.connect()
    missing = BleError.GATTS_SYS_ATTR_MISSING
    unset = missing if dialect in WITH_MTU else NrfError.SUCCESS
    assert bench.result(ValueGet(conn, handle, ValueBuffer(2))) == unset
    if dialect in WITH_CONTEXT:
        assert set_value(bench, handle, Value(b"\1\0"), conn) == NrfError.FORBIDDEN  # DevZone 15571
        return
    assert set_value(bench, handle, Value(b"\1\0"), conn) == missing
    bench.ok(SysAttrSet(conn))
    assert get_value(bench, handle, conn=conn).value == b"\0\0"
    assert set_value(bench, handle, Value(b"\1"), conn) == NrfError.DATA_SIZE
    assert set_value(bench, handle, Value(b"\1\0"), conn) == NrfError.SUCCESS
    assert get_value(bench, handle, conn=conn).value == b"\1\0"


def test_each_connection_has_its_own_cccds() -> None:
    bench = Bench()
    conn, handles = bench.subscribed()
    other = type(bench.peer)(bench.device)
    second = other.connect("c6:05:04:03:02:02")
    bench.ok(SysAttrSet(second))
    assert get_value(bench, handles.cccd_handle, conn=conn).value == b"\1\0"
    assert get_value(bench, handles.cccd_handle, conn=second).value == b"\0\0"


def test_attr_get() -> None:
    bench = Bench()
    bench.service()
    md = AttrMd(vlen=1, rd_auth=1)
    value = CharacteristicAdd(0, CharMd(CharProps(read=1)), Attr(Uuid(MEASUREMENT), md, 20))
    handle = bench.ok(value).handles.value_handle
    both = bench.ok(AttrGet(handle))
    assert (both.uuid, both.md) == (Uuid(MEASUREMENT), md)
    assert bench.ok(AttrGet(handle, md_present=False)).md is None
    assert bench.ok(AttrGet(handle, uuid_present=False)).uuid is None
    assert bench.ok(AttrGet(FIRST)).uuid == Uuid(0x2800)
    assert bench.result(AttrGet(handle, False, False)) == NrfError.INVALID_PARAM
    assert bench.result(AttrGet(0xDEAD)) == NrfError.NOT_FOUND


def test_attr_get_of_sdk_11_answers_no_uuid() -> None:
    bench = Bench("sd_api_v2")
    bench.service()
    handle = bench.characteristic().value_handle
    response = bench.ok(AttrGet(handle))
    assert response.uuid is None
    assert response.md is not None
    assert response.md.vlen == 1
