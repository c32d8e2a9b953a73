"""pcapng as it comes through a pipe: every block that matters, in both byte orders, and what is damaged or too much."""

from __future__ import annotations

import io
import itertools
import struct
from typing import BinaryIO, cast

import pytest
from capture.pipes import Pipe
from hypothesis import given
from hypothesis import strategies as st

from gatts_codec.capture import TO_DEVICE, TO_HOST, Chunk, Direction, Entry
from gatts_codec.capture.files.lines import buffered
from gatts_codec.capture.readers import pcap, pcapng, read
from gatts_codec.errors import CaptureError

FRAME = bytes.fromhex("002f00d1017e")  # without SLIP
SLIPPED = b"\xc0" + FRAME + b"\xc0"


def piped(*pieces: bytes) -> io.BufferedReader:
    return buffered(cast(BinaryIO, Pipe(pieces)))


class Order:
    """Blocks in one byte order."""

    def __init__(self, order: str) -> None:
        self.order = order

    def pack(self, layout: str, *numbers: int) -> bytes:
        return struct.pack(self.order + layout, *numbers)

    def block(self, kind: int, body: bytes) -> bytes:
        body += bytes(-len(body) % 4)
        size = self.pack("I", len(body) + 12)
        return self.pack("I", kind) + size + body + size

    def section(self) -> bytes:
        return self.block(0x0A0D0D0A, self.pack("IHHq", 0x1A2B3C4D, 1, 0, -1))

    def option(self, code: int, value: bytes) -> bytes:
        return self.pack("HH", code, len(value)) + value + bytes(-len(value) % 4)

    def interface(self, link: int = 147, *options: bytes, longest: int = 0) -> bytes:
        return self.block(1, self.pack("HHI", link, 0, longest) + b"".join(options))

    def packet(self, units: int, *options: bytes, number: int = 0, data: bytes = FRAME) -> bytes:
        head = self.pack("IIIII", number, units >> 32, units & 0xFFFFFFFF, len(data), len(data))
        return self.block(6, head + data + bytes(-len(data) % 4) + b"".join(options))


L, B = Order("<"), Order(">")


def entries(*pieces: bytes) -> list[Entry]:
    return list(read(piped(*pieces), "piped")[1])


@pytest.mark.parametrize("o", [L, B], ids=["little", "big"])
def test_every_kind_of_packet_in_either_byte_order(o: Order) -> None:
    simple = o.block(3, o.pack("I", 6) + FRAME)
    obsolete = o.block(2, o.pack("HHIIII", 0, 7, 0, 9, 6, 6) + FRAME)
    name = o.option(1, b"remark") + o.option(0, b"")
    found = entries(
        o.section(),
        o.block(5, bytes(20)),
        o.interface(),
        o.packet(5, o.option(2, o.pack("I", 0x11)), name),
        o.packet(6, name, o.option(2, o.pack("I", 2))),
        simple,
        o.packet(7, o.option(2, o.pack("I", 2))),
        obsolete,
    )
    assert found == [
        Chunk(5, TO_HOST, SLIPPED),
        Chunk(6, None, SLIPPED),
        Chunk(None, None, SLIPPED),
        Chunk(7, TO_DEVICE, SLIPPED),
        Chunk(9, None, SLIPPED),
    ]


def test_interfaces_begin_anew_with_each_section() -> None:
    serial = bytes(4) + b"\x00\x00\x00\x2a" + b"\x01\x00\x00\x00" + b"\x05"
    found = entries(
        L.section(), L.interface(), L.interface(250), L.packet(1), L.packet(1, number=1, data=serial),
        B.section(), B.interface(250), B.packet(1, data=serial),
    )  # fmt: skip
    assert [entry.data for entry in found if isinstance(entry, Chunk)] == [SLIPPED, b"\x05", b"\x05"]


@pytest.mark.parametrize(
    ("unit", "offset", "units", "t_us"),
    [
        (b"\x09", 0, 1_700_000_000_123_456_789, 1_700_000_000_123_457),
        (b"\x03", 0, 12, 12_000),
        (b"\x00", 0, 3, 3_000_000),
        (b"\x8a", 0, 1536, 1_500_000),
        (b"\x06", -2, 5, -1_999_995),
        (b"\x7f", 0, 5, 0),
    ],
)
def test_units_and_offsets_of_times(unit: bytes, offset: int, units: int, t_us: int) -> None:
    options = (L.option(9, unit), L.option(14, L.pack("q", offset)))
    (found,) = entries(L.section(), L.interface(147, *options), L.packet(units))
    assert found == Chunk(t_us, None, SLIPPED)


def test_a_simple_packet_is_as_long_as_its_interface_lets_it() -> None:
    found = entries(L.section(), L.interface(longest=5), L.block(3, L.pack("I", 6) + FRAME[:5]))
    assert found == [Chunk(None, None, b"\xc0" + FRAME[:5] + b"\xc0")]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2**64 - 1),
            st.sampled_from([None, TO_DEVICE, TO_HOST]),
            st.binary(min_size=1, max_size=300),
        )
    )
)
def test_what_the_library_for_it_writes_is_read(found: list[tuple[int, Direction | None, bytes]]) -> None:
    blocks = pytest.importorskip("pcapng.blocks", reason="needs the wireshark extra")
    library, stream = pytest.importorskip("pcapng"), io.BytesIO()
    section = blocks.SectionHeader(options={"shb_userappl": "test"})
    section.new_member(blocks.InterfaceDescription, link_type=147, options={"if_name": "uart"})
    writer = library.FileWriter(stream, section)
    for t_us, way, data in found:
        options = {"opt_comment": "bad"} | (
            {} if way is None else {"epb_flags": 2 if way == TO_DEVICE else 1}
        )
        writer.write_block(
            section.new_member(
                blocks.EnhancedPacket,
                packet_data=data,
                timestamp_high=t_us >> 32,
                timestamp_low=t_us & 0xFFFFFFFF,
                options=options,
            )
        )
    packets = list(pcapng.packets(piped(stream.getvalue()), "written"))
    assert packets == [pcapng.PcapPacket(147, *each) for each in found]


def test_packets_come_before_the_pipe_ends() -> None:
    pipe = Pipe(itertools.chain([L.section(), L.interface()], itertools.repeat(L.packet(1))))
    found = pcap.read(buffered(cast(BinaryIO, pipe)), "endless")
    for number in range(1, 300):
        next(found)
        assert pipe.taken <= number * len(L.packet(1)) + 2 * io.DEFAULT_BUFFER_SIZE


def test_interfaces_are_counted() -> None:
    enough = [L.section(), *[L.interface()] * pcapng.MAX_INTERFACES, L.packet(1)]
    assert entries(*enough, *enough) == [Chunk(1, None, SLIPPED)] * 2
    pipe = Pipe(itertools.chain([L.section()], itertools.repeat(L.interface())))
    with pytest.raises(CaptureError, match="interfaces"):
        list(pcapng.packets(buffered(cast(BinaryIO, pipe)), "endless"))
    assert pipe.taken < (pcapng.MAX_INTERFACES + 2) * len(L.interface()) + io.DEFAULT_BUFFER_SIZE


WHOLE = L.section() + L.interface() + L.packet(1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (L.section()[:8] + b"\x00" * 20, "byte order"),
        (L.pack("II", 0x0A0D0D0A, 8) + L.pack("I", 0x1A2B3C4D), "block of 8 bytes"),
        (L.section() + L.pack("II", 6, 13) + bytes(13), "a block of 13 bytes"),
        (L.section() + L.pack("II", 6, 8) + bytes(13), "a block of 8 bytes"),
        (L.section() + L.pack("II", 6, 0xFFFFFFF0) + bytes(100), "a packet of 4294967280 bytes"),
        (L.section() + L.pack("II", 77, 0xFFFFFFF0) + bytes(100), "short"),
        (WHOLE[:-4] + bytes(4), "two lengths"),
        (L.section() + L.packet(1), "type 6"),
        (L.section() + L.interface() + L.packet(1, number=1), "type 6"),
        (L.section() + L.interface() + L.block(6, bytes(8)), "type 6"),
        (L.section() + L.interface() + L.block(6, bytes(12) + L.pack("II", 9, 9) + bytes(8)), "type 6"),
        (L.section() + L.interface() + L.packet(1, L.pack("HH", 2, 9)), "type 6"),
        (L.section() + L.block(1, b""), "type 1"),
    ],
)
def test_what_is_damaged_is_said(content: bytes, reason: str) -> None:
    *_, error = entries(content)
    assert isinstance(error, CaptureError)
    assert reason in error.reason


def test_a_file_cut_short_anywhere_is_said() -> None:
    borders = (len(L.section()), len(L.section() + L.interface()))
    for size in range(4, len(WHOLE)):
        found = entries(WHOLE[:size])
        assert not found if size in borders else isinstance(found[0], CaptureError)
