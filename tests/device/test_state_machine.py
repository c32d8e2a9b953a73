"""Any sequence of calls and of what a peer does, held against a plain model of the table and the subscriptions."""

from __future__ import annotations

from typing import Any

from device.bench import ALL, Bench, first_handle
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gatts_codec import (
    Attr,
    AttrMd,
    BleError,
    CharacteristicAdd,
    CharMd,
    CharProps,
    DescriptorAdd,
    Hvx,
    HvxParams,
    HvxType,
    NrfError,
    ServiceAdd,
    SysAttrGet,
    SysAttrSet,
    Uuid,
    Value,
    ValueBuffer,
    ValueGet,
    ValueSet,
)
from gatts_codec.errors import PeerError

NONE = 0xFFFF
data = st.binary(max_size=20)


class Model(RuleBasedStateMachine):
    """``values`` and ``cccds`` (by value handle) are what the chip should hold, ``subscribed`` what the peer wrote."""

    @initialize(dialect=st.sampled_from(ALL), table_size=st.sampled_from([400, 1408]))
    def boot(self, dialect: str, table_size: int) -> None:
        self.bench = Bench(dialect, table_size=table_size)
        self.values: dict[int, bytes] = {}
        self.max_len: dict[int, int] = {}
        self.variable: dict[int, bool] = {}
        self.authorized: set[int] = set()
        self.cccds: dict[int, int] = {}
        self.subscribed: dict[int, int] = {}
        self.next_handle = first_handle(dialect)
        self.has_service = self.has_characteristic = False
        self.initialized = False
        self.conn: int | None = None
        self.saved: bytes | None = None
        self.blobs_fit = True

    # -- the table

    @rule(uuid=st.integers(0x1802, 0x18FF))
    def add_service(self, uuid: int) -> None:
        response = self.bench.call(ServiceAdd(1, Uuid(uuid)))
        if response.result == NrfError.NO_MEM:
            return
        assert response.to_dict() == {"result": 0, "handle": self.next_handle}
        self.next_handle += 1
        self.has_service, self.has_characteristic = True, False

    @rule(
        value=data, extra=st.integers(0, 4), notify=st.booleans(), vlen=st.booleans(), wr_auth=st.booleans()
    )
    def add_characteristic(self, value: bytes, extra: int, notify: bool, vlen: bool, wr_auth: bool) -> None:
        size = len(value) + extra
        md = AttrMd(vlen=int(vlen), wr_auth=int(wr_auth))
        props = CharProps(read=1, notify=int(notify))
        attr = Attr(Uuid(0x2A37), md, size, value)
        response = self.bench.call(CharacteristicAdd(0, CharMd(props), attr))
        if not self.has_service:
            assert response.result == NrfError.INVALID_STATE
            return
        if response.result == NrfError.NO_MEM:
            return
        handle = self.next_handle + 1
        assert response.to_dict()["handles"]["value_handle"] == handle
        self.values[handle] = value if vlen else value.ljust(size, b"\0")
        self.max_len[handle], self.variable[handle] = size, vlen
        if wr_auth:
            self.authorized.add(handle)
        if notify:
            self.cccds[handle] = handle + 1
            self.blobs_fit = False  # an older blob lacks this CCCD
        self.next_handle = handle + 1 + notify
        self.has_characteristic = True

    @rule(value=data)
    def add_descriptor(self, value: bytes) -> None:
        response = self.bench.call(DescriptorAdd(0, Attr(Uuid(0x2908), AttrMd(), len(value), value)))
        if not self.has_characteristic:
            assert response.result == NrfError.INVALID_STATE
        elif response.result == NrfError.SUCCESS:
            assert response.to_dict()["handle"] == self.next_handle
            self.values[self.next_handle] = value
            self.max_len[self.next_handle], self.variable[self.next_handle] = len(value), False
            self.next_handle += 1
        else:
            assert response.result == NrfError.NO_MEM

    # -- values

    @precondition(lambda self: self.values)
    @rule(choice=st.randoms(use_true_random=False), value=data, offset=st.integers(0, 6))
    def set_value(self, choice: Any, value: bytes, offset: int) -> None:
        handle = choice.choice(sorted(self.values))
        result = self.bench.result(ValueSet(NONE, handle, Value(value, offset)))
        end, variable = offset + len(value), self.variable[handle]
        if end > self.max_len[handle] or (not variable and end != self.max_len[handle]):
            assert result == NrfError.DATA_SIZE
        elif offset > len(self.values[handle]):
            assert result == NrfError.INVALID_PARAM
        else:
            assert result == NrfError.SUCCESS
            self.values[handle] = self.values[handle][:offset] + value

    @precondition(lambda self: self.conn is not None and self.values)
    @rule(choice=st.randoms(use_true_random=False), value=data)
    def peer_writes(self, choice: Any, value: bytes) -> None:
        handle = choice.choice(sorted(self.values))
        writing = self.bench.peer.write(handle, value)
        if len(value) > self.max_len[handle] or (
            not self.variable[handle] and len(value) < self.max_len[handle]
        ):
            assert writing.status
            return
        if handle in self.authorized:
            assert not writing.done
            assert self.conn is not None
            assert self.bench.authorize(self.conn, data=value) == NrfError.SUCCESS
        assert writing.result() is None
        self.values[handle] = value

    # -- connections and subscriptions

    @precondition(lambda self: self.conn is None)
    @rule()
    def connect(self) -> None:
        self.conn = self.bench.peer.connect()
        self.initialized = False
        self.subscribed = {}

    @precondition(lambda self: self.conn is not None)
    @rule()
    def disconnect(self) -> None:
        self.bench.peer.disconnect()
        self.conn = None

    @precondition(lambda self: self.conn is not None)
    @rule(restore=st.booleans())
    def set_system_attributes(self, restore: bool) -> None:
        assert self.conn is not None
        blob = self.saved if restore else None
        result = self.bench.result(SysAttrSet(self.conn, blob))
        if blob is not None and not self.blobs_fit:
            assert result == NrfError.INVALID_DATA
            return
        assert result == NrfError.SUCCESS
        self.initialized = True
        self.subscribed = dict(self.saved_subscriptions) if blob is not None else {}

    @precondition(lambda self: self.conn is not None and self.initialized)
    @rule()
    def save_system_attributes(self) -> None:
        assert self.conn is not None
        self.saved = self.bench.ok(SysAttrGet(self.conn, 512)).sys_attr_data
        self.saved_subscriptions = dict(self.subscribed)
        self.blobs_fit = True

    @precondition(lambda self: self.conn is not None and self.initialized and self.cccds)
    @rule(choice=st.randoms(use_true_random=False), on=st.booleans())
    def subscribe(self, choice: Any, on: bool) -> None:
        handle = choice.choice(sorted(self.cccds))
        self.bench.peer.subscribe(handle, notifications=on).result()
        self.subscribed[handle] = int(on)

    @precondition(lambda self: self.cccds)
    @rule(choice=st.randoms(use_true_random=False), value=data)
    def notify(self, choice: Any, value: bytes) -> None:
        handle = choice.choice(sorted(self.cccds))
        conn = self.conn if self.conn is not None else 0
        heard = len(self.bench.peer.received)
        result = self.bench.result(Hvx(conn, HvxParams(handle, HvxType.NOTIFICATION, value)))
        if self.conn is None:
            assert result == BleError.INVALID_CONN_HANDLE
            return
        if len(value) > self.max_len[handle]:
            assert result == NrfError.DATA_SIZE
            return
        tail = b"" if self.variable[handle] else self.values[handle][len(value) :]
        self.values[handle] = value + tail
        if not self.initialized:
            assert result == BleError.GATTS_SYS_ATTR_MISSING
        elif not self.subscribed.get(handle):
            assert result == NrfError.INVALID_STATE
        else:
            assert result == NrfError.SUCCESS
            assert self.bench.peer.received[heard].data == value

    # -- what always holds

    @invariant()
    def table_as_modelled(self) -> None:
        table = self.bench.device.table
        assert table.used <= table.size
        assert table.next_handle == self.next_handle
        for handle, value in self.values.items():
            got = self.bench.ok(ValueGet(NONE, handle, ValueBuffer(512))).value
            assert got == Value(value)

    @invariant()
    def nothing_waits_for_ever(self) -> None:
        if self.conn is None:
            try:
                self.bench.peer.read(1)
            except PeerError:
                return
            raise AssertionError("a peer without a connection was served")


TestModel = Model.TestCase
