"""Every call of every dialect succeeds where it should: a session of a peripheral's and a central's host."""

from __future__ import annotations

from typing import Any

import pytest
from device.bench import ALL, CONTROL, MEASUREMENT, WITH_MTU, Bench
from device.hosts import Host, give_oob, meet, oob_of, paired, reencrypt, run, sides
from device.neighbours import TIMING, address, advertise, api, listening, pair, scan
from device.test_channels import open_channel
from device.test_settings import enabling

from gatts_codec import (
    OPEN,
    Attr,
    AttrGet,
    AttrMd,
    Command,
    DescriptorAdd,
    ExchangeMtuReply,
    Hvx,
    HvxParams,
    HvxType,
    IncludeAdd,
    InitialUserHandleGet,
    ServiceChanged,
    SysAttrGet,
    SysAttrSet,
    Uuid,
    Value,
    ValueBuffer,
    ValueGet,
    ValueSet,
    l2cap,
)
from gatts_codec import common as c
from gatts_codec import gap as g
from gatts_codec import gattc as client
from gatts_codec.constants.gap import IoCaps
from gatts_codec.constants.gattc import GattOp
from gatts_codec.dialects import DIALECTS

ALL_HANDLES = client.HandleRange(1, 0xFFFF)
# Calls that no host can have success with, and why.
NO_CENTRAL = {f"sd_ble_gap_{name}" for name in ("scan_start", "connect", "connect_cancel")}
NOTHING_TO_READ = {"sd_ble_opt_get"}  # of options only privacy can be read: up to v2


def never(dialect: str) -> set[str]:
    """What is refused whatever comes before."""
    central = set() if DIALECTS[dialect].can_be_central else NO_CENTRAL
    read = NOTHING_TO_READ if dialect in WITH_MTU else set()
    return central | read | DIALECTS[dialect].unknown_calls


def tag(bench: Bench) -> tuple[int, ...]:
    """The configuration of connections, where there are any."""
    return (1,) if api(bench) >= 4 else ()


def passing(*benches: Bench) -> None:
    for _ in range(10):
        for bench in benches:
            bench.after(0.01)


# -- before there is a connection


def set_up(bench: Bench) -> None:
    """Configure and enable."""
    if api(bench) <= 3:
        roles = {"periph_conn_count": 1, "central_conn_count": 1, "central_sec_count": 1}
        bench.ok(enabling(bench.device.dialect.name, roles=roles, service_changed=1, mtu=100))
        return
    late = {"adv_set_count": 1, "qos_channel_survey_role_available": 1} if api(bench) >= 6 else {}
    configurations = [
        *(c.ConnGap(2, 6), c.ConnGatt(100), c.ConnGattc(4), c.ConnGatts(4), c.VsUuidCfg(2)),
        *(c.DeviceName(b"chip"), c.ServiceChangedCfg(1), c.AttrTabSizeCfg(2048)),
        c.RoleCount(1, central_role_count=1, central_sec_count=1, **late),
        *((c.ConnL2cap(50, 50, 1, 1, 1),) if api(bench) >= 5 else ()),
    ]
    for cfg in configurations:
        bench.ok(c.CfgSet(cfg))
    bench.ok(c.Enable())


def describe(bench: Bench) -> None:
    """Say what it is, and whom it knows."""
    kind = bench.ok(c.UuidVsAdd(c.Uuid128(bytes(range(16))))).uuid_type
    own = bench.ok(g.AddrGet()).addr
    commands: list[Command[Any]] = [
        *(c.VersionGet(), c.UuidEncode(Uuid(0x1234, kind)), c.UuidDecode(b"\x0d\x18"), g.AddrSet(own)),
        *(g.AppearanceSet(0x0341), g.AppearanceGet(), g.PpcpSet(TIMING), g.PpcpGet()),
        *(g.DeviceNameSet(OPEN, b"name"), g.DeviceNameGet(31), c.OptSet(c.PasskeyOpt(b"123456"))),
        g.TxPowerSet(4, 2, 0) if api(bench) >= 6 else g.TxPowerSet(4),
    ]
    if api(bench) == 1:
        commands.append(c.TxBufferCountGet())
    if api(bench) <= 2:
        commands.append(c.OptGet(bench.device.profile.constants["BLE_GAP_OPT_PRIVACY"]))
    else:
        commands += [g.WhitelistSet(None), g.DeviceIdentitiesSet(None)]
        commands += [g.PrivacySet(g.PrivacyParams(0, 3, 0)), g.PrivacyGet()]
    if api(bench) >= 6:
        commands += [g.QosChannelSurveyStart(), g.QosChannelSurveyStop()]
    for command in commands:
        bench.ok(command)


def serve(bench: Bench) -> tuple[int, int]:
    """A table with everything; a value that is read, written and sent, and one that the host is asked about."""
    first = bench.service()
    bench.service(0x180F)
    bench.ok(IncludeAdd(0, first))
    value = bench.characteristic(MEASUREMENT).value_handle
    bench.ok(DescriptorAdd(0, Attr(Uuid(0x2A3A), AttrMd(OPEN, OPEN, vlen=1), 5)))
    asked = bench.characteristic(CONTROL, wr_auth=1).value_handle
    bench.ok(ValueSet(0xFFFF, value, Value(b"ab")))
    bench.ok(ValueGet(0xFFFF, value, ValueBuffer(5)))
    for command in (InitialUserHandleGet(), AttrGet(value)):
        if api(bench) >= 2 and command.name not in bench.device.dialect.unknown_calls:
            bench.ok(command)
    return value, asked


def connect(peripheral: Bench, central: Bench) -> None:
    """Change one's mind about everything once, then meet."""
    late = api(peripheral) >= 6
    advertise(peripheral)
    peripheral.ok(g.AdvStop(0) if late else g.AdvStop())
    scan(central)
    central.ok(g.ScanStop())
    wanted = g.Connect(address(peripheral), listening(central), TIMING, *tag(central))
    central.ok(wanted)
    central.ok(g.ConnectCancel())
    central.ok(wanted)
    form = g.AdvParamsV5 if api(peripheral) >= 3 else g.AdvParamsV2
    peripheral.ok(g.AdvStart(0, 1) if late else g.AdvStartV5(form(), *tag(peripheral)))
    passing(peripheral, central)
    for bench in (peripheral, central):
        bench.ok(SysAttrSet(0))


# -- in a connection


def use_the_link(peripheral: Bench, central: Bench) -> None:
    """Timing, strength, and what later chips agree on."""
    for bench in (peripheral, central):
        bench.ok(g.RssiStart(0))
        passing(peripheral, central)
        if "sd_ble_gap_rssi_get" not in bench.device.dialect.unknown_calls:
            bench.ok(g.RssiGet(0))
        bench.ok(g.RssiStop(0))
        bench.ok(g.ConnSecGet(0))
        if api(bench) in (2, 3):
            bench.ok(c.TxPacketCountGet(0))
    for bench in (peripheral, central):
        bench.ok(g.ConnParamUpdate(0, TIMING))
    both = min(api(peripheral), api(central))
    for since, command in ((5, g.PhyUpdate(0)), (4, g.DataLengthUpdate(0))):
        for bench in (central, peripheral) if both >= since else ():
            bench.ok(command)
            passing(central, peripheral)


def ask(peripheral: Bench, central: Bench, value: int) -> None:
    """What a client may ask, at both ends: the peripheral finds at least what each chip has."""
    if min(api(peripheral), api(central)) >= 3:
        central.ok(client.ExchangeMtuRequest(0, 100))
        peripheral.ok(ExchangeMtuReply(0, 100))
        passing(peripheral, central)
    for bench, handle in ((central, value), (peripheral, 3)):
        commands: list[Command[Any]] = [
            *(client.PrimaryServicesDiscover(0, 1), client.RelationshipsDiscover(0, ALL_HANDLES)),
            *(client.CharacteristicsDiscover(0, ALL_HANDLES), client.DescriptorsDiscover(0, ALL_HANDLES)),
            *((client.AttrInfoDiscover(0, ALL_HANDLES),) if api(bench) >= 2 else ()),
            client.CharValueByUuidRead(0, Uuid(0x2A00), ALL_HANDLES),
            *(client.Read(0, handle), client.CharValuesRead(0, (handle, 5))),
            *(
                client.Write(0, client.WriteParams(handle, b"x", op))
                for op in (GattOp.WRITE_REQ, GattOp.WRITE_CMD)
            ),
        ]
        for command in commands:
            bench.ok(command)
            passing(peripheral, central)


def tell(server: Bench, other: Bench, value: int) -> None:
    """Notifications, indications, and what is kept of who wants them. The last indication is not confirmed: a fault."""
    changed = server.device.service_changed_value
    assert changed is not None
    for cccd in (value + 1, changed.handle + 1):
        other.ok(client.Write(0, client.WriteParams(cccd, b"\3\0")))
        passing(server, other)
    for kind in (HvxType.NOTIFICATION, HvxType.INDICATION):
        server.ok(Hvx(0, HvxParams(value, kind, data=b"y")))
        passing(server, other)
    other.ok(client.HvConfirm(0, value))
    passing(server, other)
    server.ok(SysAttrGet(0, 64))
    server.ok(ServiceChanged(0, value, 0xFFFF))


def decide(peripheral: Bench, central: Bench, asked: int) -> None:
    """Writes that the host is asked about, at once and prepared."""
    central.ok(client.Write(0, client.WriteParams(asked, b"z")))
    passing(peripheral, central)
    assert peripheral.authorize(0, data=b"z") == 0
    passing(peripheral, central)
    if "sd_ble_user_mem_reply" not in peripheral.device.dialect.unknown_calls:
        central.ok(client.Write(0, client.WriteParams(asked, b"z", GattOp.PREP_WRITE_REQ)))
        assert peripheral.lend(0, None) == 0
        assert peripheral.authorize(0, data=b"z") == 0
        passing(peripheral, central)


def send_datagrams(*benches: Bench) -> None:
    """Channels by number, up to v3."""
    for bench in benches:
        if api(bench) <= 3:
            bench.ok(l2cap.CidRegister(0x40))
            bench.ok(l2cap.Tx(0, l2cap.Header(1, 0x40), b"!"))
            bench.ok(l2cap.CidUnregister(0x40))


def use_channels(dialect: str) -> list[Bench]:
    """Channels with credits, from v5 on."""
    peripheral, there, central, here = open_channel(dialect)
    peripheral.ok(l2cap.ChRx(0, there, l2cap.SduBuf(1, None, 50)))
    peripheral.ok(l2cap.ChFlowControl(0, there, 2))
    passing(peripheral, central)
    central.ok(l2cap.ChTx(0, here, l2cap.SduBuf(1, b"hi")))
    passing(peripheral, central)
    central.ok(l2cap.ChRelease(0, here))
    return [peripheral, central]


# -- pairing


def pair_by_passkey(one: str, other: str) -> list[Host]:
    """The peripheral asks for it and types the digits; from v2 on keys are told."""
    wish: dict[str, Any] = {"mitm": 1}
    if late := min(api(Bench(one)), api(Bench(other))) >= 2:
        wish["keypress"] = 1
    host, central = meet(
        one, other, {**wish, "io_caps": IoCaps.KEYBOARD_ONLY}, {**wish, "io_caps": IoCaps.DISPLAY_ONLY}
    )
    if late:
        host.answers[g.AuthKeyRequestEvent] = lambda _, event: g.KeypressNotify(0, 1)
    host.bench.ok(g.Authenticate(0, host.params))
    run(host, central, seconds=0.3)
    central.bench.ok(g.Authenticate(0, central.params))
    run(host, central)
    return [host, central]


def pair_out_of_band(dialect: str) -> list[Host]:
    """With LE Secure Connections, from v2 on."""
    wish = {"oob": 1, "lesc": 1}
    host, central = meet(dialect, dialect, wish, wish)
    data = [oob_of(each) for each in (host, central)]
    host.answers[g.LescDhkeyRequestEvent] = give_oob(*data)
    central.answers[g.LescDhkeyRequestEvent] = give_oob(*data[::-1])
    central.bench.ok(g.Authenticate(0, central.params))
    run(host, central)
    return [host, central]


def meet_again(one: str, other: str) -> list[Host]:
    """With the keys of the first time."""
    host, central = paired(one, other)
    key = sides(central)["periph"].enc_key
    again, master = meet(one, other, {}, {})
    reencrypt(again, master, key, sides(host)["periph"].enc_key.enc_info)
    return [host, central, again, master]


@pytest.mark.parametrize("dialect", ALL)
def test_every_call_can_succeed(dialect: str) -> None:
    other = "s130_v1" if dialect == "s110_v8" else dialect
    _, peripheral, central = pair(dialect, other)
    for bench in (peripheral, central):
        set_up(bench)
        describe(bench)
    value, asked = serve(peripheral)
    value_there, _ = serve(central)
    connect(peripheral, central)
    use_the_link(peripheral, central)
    ask(peripheral, central, value)
    send_datagrams(peripheral, central)
    decide(peripheral, central, asked)
    tell(peripheral, central, value)
    tell(central, peripheral, value_there)
    peripheral.ok(g.Disconnect(0))

    benches = [peripheral, central]
    benches += [host.bench for host in (*pair_by_passkey(dialect, other), *meet_again(dialect, other))]
    if api(peripheral) >= 2:
        benches += [host.bench for host in pair_out_of_band(dialect)]
    if api(peripheral) >= 5:
        benches += use_channels(dialect)

    mine = [bench for bench in benches if bench.device.dialect.name == dialect]
    succeeded = set().union(*(bench.succeeded for bench in mine))
    calls = {cls.name for cls in peripheral.codec.message_classes() if cls.kind == "command"}
    assert calls - succeeded == never(dialect)
