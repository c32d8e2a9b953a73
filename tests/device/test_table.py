"""The attribute table: handles, order, sizes, and what the four calls that fill it refuse."""

from __future__ import annotations

from typing import Any

import pytest
from device.bench import ALL, CONTROL, FIRST, HEART_RATE, MEASUREMENT, WITH_MTU, Bench, first_handle

from gatts_codec import (
    DIALECTS,
    NO_ACCESS,
    OPEN,
    Attr,
    AttrMd,
    CharacteristicAdd,
    CharExtProps,
    CharHandles,
    CharMd,
    CharPf,
    CharProps,
    DescriptorAdd,
    IncludeAdd,
    InitialUserHandleGet,
    NrfError,
    SecMode,
    ServiceAdd,
    Uuid,
)
from gatts_codec.constants import AttrType
from gatts_codec.device.device import Device

BATTERY = 0x180F
VALUE = Attr(Uuid(MEASUREMENT), AttrMd(), 4, b"\1\2\3\4")
REPORT_REFERENCE = Attr(Uuid(0x2908), AttrMd(vlen=1), 20, b"text")


@pytest.mark.parametrize("dialect", ALL)
def test_the_stacks_own_services_come_first(dialect: str) -> None:
    bench = Bench(dialect)
    services = [(a.handle, a.value.hex()) for a in bench.device.table if a.uuid == Uuid(0x2800)]
    assert services == [(1, "0018"), (10 if dialect in WITH_MTU else 8, "0118")]
    assert bench.service() == first_handle(dialect)


@pytest.mark.parametrize("dialect", WITH_MTU)
def test_central_address_resolution_came_with_v3(dialect: str) -> None:
    declared, value = (Bench(dialect).device.table.find(handle) for handle in (8, 9))
    assert declared is not None
    assert value is not None
    assert (declared.value.hex(), value.uuid, value.value) == ("020900a62a", Uuid(0x2AA6), b"\1")


@pytest.mark.parametrize("dialect", [d for d in ALL if d not in ("s110_v8", "s130_v1", "sd_api_v2_pc")])
@pytest.mark.parametrize("service_changed", [True, False])
def test_initial_user_handle_is_the_first_services(dialect: str, service_changed: bool) -> None:
    bench = Bench(dialect, service_changed=service_changed)
    first = first_handle(dialect, service_changed=service_changed)
    assert bench.ok(InitialUserHandleGet()).handle == first
    assert bench.service() == first
    assert bench.ok(InitialUserHandleGet()).handle == first


def test_a_call_that_the_dispatcher_lacks_is_unknown() -> None:
    bench = Bench("sd_api_v2_pc")
    for call in ("00ab01", "00ac0e000101"):
        assert bench.faults_at(bytes.fromhex(call))


@pytest.mark.parametrize("dialect", ALL)
def test_descriptors_follow_the_value_in_their_order(dialect: str) -> None:
    bench = Bench(dialect)
    service = bench.service()
    md = CharMd(
        CharProps(broadcast=1, read=1, notify=1),
        CharExtProps(reliable_wr=1),
        char_user_desc=b"rate",
        char_pf=CharPf(0x0E, -2, 0x272F, 1, 0x0106),
    )
    handles = bench.ok(CharacteristicAdd(service, md, VALUE)).handles
    value = service + 2
    assert handles == CharHandles(value, value + 1, value + 2, value + 3)
    rows = [(a.uuid.uuid, a.value.hex()) for a in bench.device.table if a.handle > service]
    assert rows == [
        (0x2803, f"13{value:02x}00372a"),  # properties, value handle, UUID
        (MEASUREMENT, "01020304"),
        (0x2901, b"rate".hex()),
        (0x2902, "0000"),
        (0x2903, "0000"),
        (0x2904, "0efe2f27010601"),
        (0x2900, "0100"),
    ]


@pytest.mark.parametrize("dialect", ALL)
def test_absent_descriptors_have_handle_0(dialect: str) -> None:
    bench = Bench(dialect)
    service = bench.service()
    handles = bench.ok(CharacteristicAdd(0, CharMd(CharProps(read=1)), VALUE)).handles
    assert handles == CharHandles(service + 2, 0, 0, 0)


@pytest.mark.parametrize("dialect", ALL)
def test_the_cccd_stands_right_behind_the_value_whatever_else_is_asked_for(dialect: str) -> None:
    bench = Bench(dialect)
    bench.service()
    md = CharMd(CharProps(notify=1), CharExtProps(reliable_wr=1))
    handles = bench.ok(CharacteristicAdd(0, md, VALUE)).handles
    assert handles.cccd_handle == handles.value_handle + 1


# Commands, and what an S132 v7 answered (a trace in DevZone 84017). The value is in the application's memory, vloc 2.
TRACE = [
    ("0069010000000102", "016900000000"),
    ("0060", "016000000000"),
    ("0062016707 60a4845d26ae124164ce6128e5a601", "0162000000000102"),
    ("00a80101a4840201", "01a800000000010e00"),
    (
        "00aa0000013e0100000000000000011111020001 01a4840201 11111d 000000020200010400 01",
        "01aa000000000110000000 11000000",
    ),
]


def test_the_table_is_that_of_a_real_chip() -> None:
    bench = Bench("sd_api_v7")
    for command, answer in TRACE:
        assert bench.raw(bytes.fromhex(command)) == bytes.fromhex(answer)


def test_cccd_belongs_to_notify_or_indicate_and_sccd_to_broadcast() -> None:
    for props, present in [
        ({"notify": 1}, (True, False)),
        ({"indicate": 1}, (True, False)),
        ({"broadcast": 1}, (False, True)),
        ({"write": 1}, (False, False)),
    ]:
        bench = Bench()
        bench.service()
        handles = bench.characteristic(props=props)
        assert (handles.cccd_handle != 0, handles.sccd_handle != 0) == present


def test_characteristics_go_to_the_last_service() -> None:
    bench = Bench()
    first, second = bench.service(), bench.service(BATTERY)
    value = CharacteristicAdd(first, CharMd(CharProps(read=1)), VALUE)
    assert bench.result(value) == NrfError.INVALID_PARAM
    assert (
        bench.ok(CharacteristicAdd(second, CharMd(CharProps(read=1)), VALUE)).handles.value_handle
        == FIRST + 3
    )
    assert bench.ok(CharacteristicAdd(0, CharMd(CharProps(read=1)), VALUE)).handles.value_handle == FIRST + 5


def test_descriptors_go_to_the_last_characteristic() -> None:
    bench = Bench()
    bench.service()
    first = bench.characteristic(props={"read": 1}).value_handle
    second = bench.characteristic(CONTROL, props={"read": 1}).value_handle
    assert bench.result(DescriptorAdd(first, REPORT_REFERENCE)) == NrfError.INVALID_PARAM
    assert bench.ok(DescriptorAdd(second, REPORT_REFERENCE)).handle == second + 1
    assert bench.ok(DescriptorAdd(0, REPORT_REFERENCE)).handle == second + 2
    attribute = bench.device.table.find(second + 2)
    assert attribute is not None
    assert attribute.kind is AttrType.DESC
    assert attribute.value_handle == second


def test_a_new_service_has_no_characteristic_yet() -> None:
    bench = Bench()
    bench.service()
    bench.characteristic()
    bench.service(BATTERY)
    assert bench.result(DescriptorAdd(0, REPORT_REFERENCE)) == NrfError.INVALID_STATE


def test_includes_stand_in_the_last_service() -> None:
    bench = Bench()
    first, last = bench.service(), bench.service(BATTERY)
    assert bench.ok(IncludeAdd(last, first)).include_handle == last + 1
    assert bench.ok(IncludeAdd(0, first)).include_handle == last + 2
    include = bench.device.table.find(last + 1)
    assert include is not None
    assert include.value.hex() == "0e000e000d18"


@pytest.mark.parametrize(
    ("service", "included", "result"),
    [
        (0, FIRST, NrfError.FORBIDDEN),  # itself
        (FIRST, FIRST, NrfError.FORBIDDEN),
        (1, FIRST, NrfError.NOT_SUPPORTED),  # the stack's service is not the last
        (2, FIRST, NrfError.INVALID_PARAM),  # a characteristic
        (FIRST, 2, NrfError.INVALID_PARAM),
        (FIRST, 0x999, NrfError.NOT_FOUND),
        (0x999, FIRST, NrfError.NOT_FOUND),
    ],
)
def test_include_add_refuses(service: int, included: int, result: int) -> None:
    bench = Bench()
    bench.service()
    assert bench.result(IncludeAdd(service, included)) == result


def test_include_add_needs_a_service() -> None:
    assert Bench().result(IncludeAdd(0, 1)) == NrfError.INVALID_STATE


def test_include_add_of_another_than_the_last_service() -> None:
    bench = Bench()
    first, last = bench.service(), bench.service(BATTERY)
    assert bench.result(IncludeAdd(first, last)) == NrfError.NOT_SUPPORTED


@pytest.mark.parametrize(
    ("command", "result"),
    [
        (ServiceAdd(0, Uuid(HEART_RATE)), NrfError.INVALID_PARAM),
        (ServiceAdd(3, Uuid(HEART_RATE)), NrfError.INVALID_PARAM),
        (ServiceAdd(1, Uuid(HEART_RATE, 2)), NrfError.INVALID_PARAM),  # a base that the chip was not given
        (ServiceAdd(1, Uuid(HEART_RATE, 0)), NrfError.INVALID_PARAM),
        (ServiceAdd(1, Uuid(0x1800)), NrfError.FORBIDDEN),
        (ServiceAdd(1, Uuid(0x1801)), NrfError.FORBIDDEN),
        (ServiceAdd(1, Uuid(0x2800)), NrfError.FORBIDDEN),
        # Real firmware: captures/real_firmware/*/b_attr_table.
        (ServiceAdd(1, None), NrfError.INVALID_ADDR),
        (ServiceAdd(1, Uuid(BATTERY), handle_present=False), NrfError.INVALID_ADDR),
    ],
)
@pytest.mark.parametrize("dialect", ALL)
def test_service_add_refuses(dialect: str, command: ServiceAdd, result: int) -> None:
    bench = Bench(dialect)
    assert bench.result(command) == result
    assert bench.service() == first_handle(dialect)


def test_a_dialect_that_a_user_has_derived() -> None:
    own = DIALECTS["sd_api_v6"].derive("own", firmware="mine")
    device = Device(own)
    device.receive(bytes.fromhex("00a801010d180101"), 0.0)
    assert device.payloads_to_send() == [bytes.fromhex("01a800000000010e00")]


def test_secondary_services_are_declared_as_such() -> None:
    bench = Bench()
    handle = bench.ok(ServiceAdd(2, Uuid(HEART_RATE))).handle
    attribute = bench.device.table.find(handle)
    assert attribute is not None
    assert (attribute.kind, attribute.uuid) == (AttrType.SEC_SRVC_DECL, Uuid(0x2801))


MEASUREMENT_UUID = Uuid(MEASUREMENT)


def attr(
    uuid: Uuid | None = MEASUREMENT_UUID, max_len: int = 20, value: bytes | None = b"", **more: Any
) -> Attr:
    md = AttrMd(vlen=more.pop("vlen", 1), read_perm=more.pop("read_perm", OPEN))
    return Attr(uuid, md, max_len, value, **more)


REFUSED_ATTRIBUTES = [
    (attr(uuid=None), NrfError.INVALID_ADDR),
    (Attr(Uuid(MEASUREMENT), None, 20), NrfError.INVALID_ADDR),
    (attr(uuid=Uuid(MEASUREMENT, 2)), NrfError.INVALID_PARAM),
    (attr(uuid=Uuid(0x2803)), NrfError.FORBIDDEN),
    *((attr(uuid=Uuid(uuid)), NrfError.FORBIDDEN) for uuid in range(0x2900, 0x2905)),
    (attr(max_len=4, value=b"12345"), NrfError.INVALID_PARAM),
    (attr(max_len=4, value=b"123", init_offs=2), NrfError.INVALID_PARAM),
    (attr(max_len=513), NrfError.DATA_SIZE),
    (attr(max_len=511, vlen=0), NrfError.DATA_SIZE),
    (attr(read_perm=SecMode(3, 1)), NrfError.INVALID_PARAM),
    (attr(read_perm=SecMode(1, 5)), NrfError.INVALID_PARAM),
    (attr(read_perm=SecMode(0, 1)), NrfError.INVALID_PARAM),
]


@pytest.mark.parametrize(("attribute", "result"), REFUSED_ATTRIBUTES)
def test_characteristic_add_refuses_values(attribute: Attr, result: int) -> None:
    bench = Bench()
    bench.service()
    command = CharacteristicAdd(0, CharMd(CharProps(read=1)), attribute)
    assert bench.result(command) == result
    assert bench.characteristic().value_handle == FIRST + 2


@pytest.mark.parametrize(("attribute", "result"), REFUSED_ATTRIBUTES)
def test_descriptor_add_refuses(attribute: Attr, result: int) -> None:
    bench = Bench()
    bench.service()
    bench.characteristic(props={"read": 1})
    assert bench.result(DescriptorAdd(0, attribute)) == result
    assert bench.ok(DescriptorAdd(0, REPORT_REFERENCE)).handle == FIRST + 3


@pytest.mark.parametrize(("vlen", "max_len"), [(1, 512), (0, 510)])
def test_the_longest_values(vlen: int, max_len: int) -> None:
    bench = Bench()
    bench.service()
    assert bench.characteristic(max_len=max_len, vlen=vlen).value_handle == FIRST + 2


@pytest.mark.parametrize(
    "command",
    [
        CharacteristicAdd(0, None, VALUE),
        CharacteristicAdd(0, CharMd(CharProps(read=1)), None),
        CharacteristicAdd(0, CharMd(CharProps(read=1)), VALUE, handles_present=False),
        DescriptorAdd(0, None),
        DescriptorAdd(0, REPORT_REFERENCE, handle_present=False),
    ],
)
def test_what_must_not_be_absent(command: CharacteristicAdd | DescriptorAdd) -> None:
    bench = Bench()
    bench.service()
    bench.characteristic()
    assert bench.result(command) == NrfError.INVALID_ADDR


def test_characteristic_and_descriptor_need_something_before_them() -> None:
    bench = Bench()
    assert bench.result(CharacteristicAdd(0, CharMd(CharProps()), VALUE)) == NrfError.INVALID_STATE
    bench.service()
    assert bench.result(DescriptorAdd(0, REPORT_REFERENCE)) == NrfError.INVALID_STATE


def test_a_writable_user_description_needs_wr_aux() -> None:
    for wr_aux, result in [(0, NrfError.INVALID_PARAM), (1, NrfError.SUCCESS)]:
        bench = Bench()
        bench.service()
        md = CharMd(CharProps(read=1), CharExtProps(wr_aux=wr_aux), b"text", user_desc_md=AttrMd(OPEN, OPEN))
        assert bench.result(CharacteristicAdd(0, md, VALUE)) == result


def test_permissions_without_metadata_derive_from_the_value() -> None:
    bench = Bench()
    bench.service()
    encrypted, bonded = SecMode(1, 2), SecMode(1, 3)
    md = CharMd(CharProps(read=1, notify=1), CharExtProps(wr_aux=1), char_user_desc=b"text")
    value = Attr(Uuid(MEASUREMENT), AttrMd(encrypted, bonded), 4)
    handles = bench.ok(CharacteristicAdd(0, md, value)).handles
    description = bench.device.table.find(handles.user_desc_handle)
    cccd = bench.device.table.find(handles.cccd_handle)
    assert description is not None
    assert cccd is not None
    assert (description.md.read_perm, description.md.write_perm) == (encrypted, bonded)
    assert (cccd.md.read_perm, cccd.md.write_perm) == (OPEN, encrypted)


def test_a_user_description_without_wr_aux_is_read_only() -> None:
    bench = Bench()
    bench.service()
    md = CharMd(CharProps(read=1), char_user_desc=b"text")
    handles = bench.ok(CharacteristicAdd(0, md, VALUE)).handles
    description = bench.device.table.find(handles.user_desc_handle)
    assert description is not None
    assert description.md.write_perm == NO_ACCESS


@pytest.mark.parametrize("dialect", ALL)
def test_no_mem_when_the_table_is_full(dialect: str) -> None:
    bench = Bench(dialect)
    bench.service()
    added = 0
    while (result := _try_characteristic(bench)) == NrfError.SUCCESS:
        added += 1
    assert result == NrfError.NO_MEM
    # 1408 bytes: two values of 512 bytes fit, a third does not; a small one still does.
    assert added == 2
    assert bench.characteristic(max_len=4).value_handle


def test_a_characteristic_that_does_not_fit_leaves_nothing_behind() -> None:
    bench = Bench(table_size=248)
    bench.service()
    before = len(bench.device.table)
    assert _try_characteristic(bench) == NrfError.NO_MEM
    assert len(bench.device.table) == before


def _try_characteristic(bench: Bench) -> int:
    value = Attr(Uuid(MEASUREMENT), AttrMd(vlen=1), 512)
    return bench.result(CharacteristicAdd(0, CharMd(CharProps(read=1)), value))


def test_services_until_no_mem() -> None:
    bench = Bench(table_size=248)
    results = [bench.result(ServiceAdd(1, Uuid(HEART_RATE))) for _ in range(20)]
    assert results[0] == NrfError.SUCCESS
    assert results[-1] == NrfError.NO_MEM
    assert sorted(results) == results  # once full, it stays full
