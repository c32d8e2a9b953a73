"""How the objects of a native module behave together: small programs, each with what it sees."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from drop_in.probe import outcome

MISSING = "/no/such/port"
HABITS: dict[str, Callable[[Any], Any]] = {}


def habit(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    HABITS[function.__name__] = function
    return function


def observe(module: Any) -> dict[str, Any]:
    """What each of them sees; numbers, texts and lists."""
    return {name: function(module) for name, function in HABITS.items()}


def array(m: Any, *values: int) -> Any:
    cells = m.uint8_array(len(values))
    for at, value in enumerate(values):
        cells[at] = value
    return cells


def numbers(m: Any, place: Any, count: int) -> list[int]:
    cells = m.uint8_array.frompointer(place)
    return [cells[at] for at in range(count)]


@habit
def a_structure_inside_another_is_a_reference(m: Any) -> Any:
    md = m.ble_gatts_attr_md_t()
    md.read_perm.sm = 3
    inner = md.read_perm
    inner.lv = 2
    return [md.read_perm.sm, md.read_perm.lv, inner is md.read_perm, inner == md.read_perm]


@habit
def assigning_a_structure_copies_it(m: Any) -> Any:
    md, mode = m.ble_gatts_attr_md_t(), m.ble_gap_conn_sec_mode_t()
    mode.sm = 1
    md.write_perm = mode
    mode.sm = 2
    return [md.write_perm.sm, mode.sm]


@habit
def members_of_a_union_share_their_bytes(m: Any) -> Any:
    reply = m.ble_gatts_rw_authorize_reply_params_t()
    reply.params.write.gatt_status = 0x0102
    reply.params.read.update = 1
    return [reply.params.read.gatt_status, reply.params.write.update]


@habit
def a_pointer_to_a_structure_is_that_structure(m: Any) -> Any:
    attribute, uuid = m.ble_gatts_attr_t(), m.ble_uuid_t()
    attribute.p_uuid = uuid
    uuid.uuid = 0x180D
    attribute.p_uuid.type = 1
    return [attribute.p_uuid.uuid, uuid.type, attribute.p_uuid is uuid, attribute.p_uuid == uuid]


@habit
def a_pointer_keeps_looking_an_array_member_copies(m: Any) -> Any:
    cells, value, address = array(m, *range(6)), m.ble_gatts_value_t(), m.ble_gap_addr_t()
    value.p_value = cells.cast()
    address.addr = cells.cast()
    cells[0] = 9
    shared = m.uint8_array.frompointer(address.addr)
    shared[5] = 77
    return [numbers(m, value.p_value, 6), numbers(m, address.addr, 6)]


@habit
def pointers_to_the_same_place_are_equal(m: Any) -> Any:
    cells, value = m.uint8_array(3), m.ble_gatts_value_t()
    value.p_value = cells.cast()
    other = m.uint8_array(3)
    return [
        value.p_value == cells.cast(),
        cells.cast() == other.cast(),
        int(cells.cast()) == int(value.p_value),
    ]


@habit
def frompointer_shares(m: Any) -> Any:
    cells = array(m, 1, 2, 3)
    one, other = m.uint8_array.frompointer(cells.cast()), m.uint8_array_frompointer(cells.cast())
    one[1] = 20
    other[2] = 30
    return [cells[0], cells[1], cells[2]]


@habit
def an_array_is_zeros_and_has_no_length(m: Any) -> Any:
    cells = m.uint16_array(3)
    return [
        cells[0],
        cells[2],
        outcome(lambda: len(cells)),
        outcome(lambda: cells["0"]),
        outcome(lambda: cells[-1]),
    ]


@habit
def an_array_refuses(m: Any) -> Any:
    cells = m.uint8_array(2)

    def give(value: Any) -> Callable[[], Any]:
        return lambda: cells.__setitem__(0, value)

    wrong = [outcome(give(value)) for value in (256, -1, 1.5, "1", None, True)]
    return [*wrong, outcome(lambda: cells.__setitem__(-1, 0)), outcome(lambda: m.uint8_array(-1)), cells[0]]


@habit
def characters_are_strings(m: Any) -> Any:
    cells = m.char_array(3)
    cells[0] = "a"

    def give(value: Any) -> Any:
        return outcome(lambda: cells.__setitem__(1, value)), cells[1]

    return [cells[0], cells[1], *map(give, ("ab", "\u00e9", 65, 200, -129, "", None, 1.5, b"a", True))]


@habit
def cells_for_results(m: Any) -> Any:
    cell = m.new_uint16()
    first = m.uint16_value(cell)
    m.uint16_assign(cell, 513)
    other = m.copy_uint16(7)
    seen = [first, m.uint16_value(cell), m.uint16_value(other), m.uint8_array.frompointer is not None]
    m.delete_uint16(cell)
    return [*seen, outcome(lambda: m.copy_uint16(65536)), outcome(lambda: m.uint16_value(3))]


@habit
def texts(m: Any) -> Any:
    port = m.sd_rpc_serial_port_desc_t()
    port.port = "COM1"
    before = port.port
    port.port = "X"
    return [before, port.port, outcome(lambda: setattr(port, "port", "x" * 513))]


@habit
def identity_is_equality(m: Any) -> Any:
    one, other = m.ble_uuid_t(), m.ble_uuid_t()
    return [one == one, one == other, len({one, other}), one in [other]]


@habit
def any_attribute_can_be_set(m: Any) -> Any:
    uuid = m.ble_uuid_t()
    uuid.note = "mine"
    owned = uuid.thisown
    uuid.thisown = False
    return [uuid.note, bool(owned), bool(uuid.thisown), outcome(lambda: uuid.other)]


@habit
def constructors_take_nothing(m: Any) -> Any:
    refusals = (lambda: m.ble_uuid_t(1), lambda: m.uint8_array(), lambda: m.uint8_array("1"))
    return [outcome(each).partition(":")[0] for each in refusals]


@habit
def copies(m: Any) -> Any:
    return [outcome(lambda: copy.copy(m.uint8_array(1)) is None).partition(":")[0] != "None"]


@habit
def a_port_that_is_not_there(m: Any) -> Any:
    told: list[Any] = []
    adapter = closed_adapter(m)
    code = m.sd_rpc_open(adapter, *(handler(kind, told) for kind in ("status", "event", "log")))
    statuses = [(number, text.partition(MISSING)[0]) for kind, number, text in told if kind == "status"]
    return [code, statuses, sorted({kind for kind, _, _ in told} - {"log"})]


@habit
def calls_on_a_closed_adapter(m: Any) -> Any:
    adapter = closed_adapter(m)
    calls = {
        "value_set": lambda: m.sd_ble_gatts_value_set(adapter, 0, 1, m.ble_gatts_value_t()),
        "version_get": lambda: m.sd_ble_version_get(adapter, m.ble_version_t()),
        "reset": lambda: m.sd_rpc_conn_reset(adapter, 0),
        "close": lambda: m.sd_rpc_close(adapter),
        "filter": lambda: m.sd_rpc_log_handler_severity_filter_set(adapter, 1),
    }
    return {name: outcome(call) for name, call in calls.items()}


@habit
def an_adapter_opens_and_closes_again(m: Any) -> Any:
    adapter = closed_adapter(m)
    handlers = [handler(kind, []) for kind in ("status", "event", "log")]
    codes = [outcome(lambda: m.sd_rpc_open(adapter, *handlers)) for _ in range(2)]
    return [*codes, outcome(lambda: m.sd_rpc_close(adapter)), outcome(lambda: m.sd_rpc_close(adapter))]


def closed_adapter(m: Any) -> Any:
    """One that was never opened, on a port that is not there."""
    port = m.sd_rpc_physical_layer_create_uart(
        MISSING, 1000000, m.SD_RPC_FLOW_CONTROL_NONE, m.SD_RPC_PARITY_NONE
    )
    link = m.sd_rpc_data_link_layer_create_bt_three_wire(port, 100)
    return m.sd_rpc_adapter_create(m.sd_rpc_transport_layer_create(link, 100))


def handler(kind: str, told: list[Any]) -> Callable[..., None]:
    return lambda adapter, number, text=None: told.append((kind, number, text))
