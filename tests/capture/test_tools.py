"""Files that the real tools write: sigrok-cli, socat, Wireshark's text2pcap and editcap."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import pytest
from capture.formats import by_direction, bytes_of, chunks_of, frames, frames_of
from capture.recordings import CAPTURES

from gatts_codec.capture import TO_DEVICE, TO_HOST, CapturedFrame, Item, LineFault
from gatts_codec.capture.recording import open_recording
from gatts_codec.errors import CaptureError
from gatts_codec.framing import h5

TALK = CAPTURES / "real_firmware" / "sd_api_v5" / "e_events.jsonl"
SAMPLES_A_BIT = 4
BAUD = 1_000_000
HIGH = 0b11

needs_sigrok = pytest.mark.external("sigrok-cli")


def run(*args: str | Path, stdin: bytes = b"") -> bytes:
    done = subprocess.run(args, input=stdin, capture_output=True, check=True)
    return done.stdout


def items_of(path: Path) -> tuple[str, list[Item]]:
    with open_recording(path) as recording:
        return recording.format, list(recording.items)


def samples(recording: Path, *, parity_errors: tuple[int, ...] = ()) -> bytes:
    """Two wires as a logic analyzer samples them: bit 0 the host's, bit 1 the chip's; with even parity if it errs."""
    wave = bytearray([HIGH] * 100)
    for number, byte in enumerate(bytes_of(recording)):
        bits = [0, *(byte.value >> bit & 1 for bit in range(8))]
        if parity_errors:
            bits.append(sum(bits) + (number in parity_errors) & 1)
        for bit in [*bits, 1, 1]:
            wave += bytes([HIGH if bit else HIGH ^ (1 if byte.to_device else 2)]) * SAMPLES_A_BIT
    return bytes(wave + bytes([HIGH] * 100))


def sigrok(tmp_path: Path, wave: bytes, uart: str, *more: str) -> Path:
    raw, text = tmp_path / "wave.bin", tmp_path / "uart.txt"
    raw.write_bytes(wave)
    binary = f"binary:numchannels=2:samplerate={SAMPLES_A_BIT * BAUD}"
    text.write_bytes(run("sigrok-cli", "-I", binary, "-i", raw, "-P", f"uart:{uart}:baudrate={BAUD}", *more))
    return text


@needs_sigrok
@pytest.mark.parametrize(
    "more",
    [
        ("-A", "uart=rx-data:tx-data"),
        ("-A", "uart=rx-data:tx-data", "--protocol-decoder-samplenum"),
        ("-A", "uart=rx-data:tx-data", "--protocol-decoder-jsontrace"),
        ("--protocol-decoder-jsontrace",),
    ],
    ids=["plain", "sample numbers", "trace", "trace of everything"],
)
def test_sigrok_with_both_wires(tmp_path: Path, more: tuple[str, ...]) -> None:
    known, items = items_of(sigrok(tmp_path, samples(TALK), "rx=1:tx=0", *more))
    assert known == "sigrok-cli UART decoder"
    assert [raw for _, raw in frames(items)] == [raw for _, raw in frames_of(TALK)]
    if "--protocol-decoder-jsontrace" in more:
        assert frames(items) == frames_of(TALK)
        times = [item.t_us for item in items if isinstance(item, CapturedFrame) and item.t_us is not None]
        assert len(times) == len(frames(items))
        assert times == sorted(times)


@needs_sigrok
def test_sigrok_with_one_wire(tmp_path: Path) -> None:
    text = sigrok(tmp_path, samples(TALK), "rx=1", "-A", "uart=rx-data")
    assert frames(items_of(text)[1]) == [frame for frame in frames_of(TALK) if frame[0] == TO_HOST]


@needs_sigrok
def test_sigrok_parity_errors_count(tmp_path: Path) -> None:
    wave = samples(TALK, parity_errors=(3, 4, 100))
    text = sigrok(tmp_path, wave, "rx=1:tx=0:parity=even", "--protocol-decoder-jsontrace")
    faults = [item for item in items_of(text)[1] if isinstance(item, LineFault)]
    assert {fault.what for fault in faults} == {"parity error"}
    assert sum(fault.times for fault in faults) == 3


@needs_sigrok
def test_sigrok_with_the_wrong_parity_has_framing_errors(tmp_path: Path) -> None:
    text = sigrok(tmp_path, samples(TALK, parity_errors=(-1,)), "rx=1:tx=0", "--protocol-decoder-jsontrace")
    assert "framing error" in {item.what for item in items_of(text)[1] if isinstance(item, LineFault)}


@needs_sigrok
def test_sigrok_in_another_radix_is_refused(tmp_path: Path) -> None:
    text = sigrok(tmp_path, samples(TALK), "rx=1:tx=0:format=dec", "-A", "uart=rx-data:tx-data")
    errors = [item for item in items_of(text)[1] if isinstance(item, CaptureError)]
    assert "format=hex" in errors[0].reason
    assert errors[0].line == 1


@pytest.mark.external("socat")
@pytest.mark.parametrize("options", [("-x",), ("-x", "-v")], ids=["-x", "-x -v"])
def test_socat(tmp_path: Path, options: tuple[str, ...]) -> None:
    """The host's bytes go through socat to a program that answers with the chip's."""
    host, chip, log = tmp_path / "host", tmp_path / "chip", tmp_path / "socat.txt"
    for file, to_device in ((host, True), (chip, False)):
        file.write_bytes(bytes(byte.value for byte in bytes_of(TALK) if byte.to_device == to_device))
    with log.open("wb") as stderr:
        subprocess.run(
            # Where one side has ended, it gives the other half a second otherwise.
            ["socat", "-t", "300", *options, "-", f"SYSTEM:cat {chip}; cat > {tmp_path / 'sink'}"],
            input=host.read_bytes(),
            stdout=subprocess.PIPE,
            stderr=stderr,
            check=True,
        )
    known, items = items_of(log)
    assert known == "socat -x"
    assert by_direction(frames(items)) == by_direction(frames_of(TALK))


def hexdump(data: bytes) -> str:
    return "".join(f"{at:06x} {data[at : at + 16].hex(' ')}\n" for at in range(0, len(data), 16))


@pytest.mark.external("text2pcap")
@pytest.mark.parametrize("kind", ["pcap", "pcapng"])
def test_text2pcap_of_h5_frames(tmp_path: Path, kind: str) -> None:
    there = [(way, raw) for way, raw in frames_of(TALK)]
    dump = "".join(
        f"{'O' if way == TO_DEVICE else 'I'}\n{hexdump(h5.encode(h5.decode_frame(raw)))}\n"
        for way, raw in there
    )
    text, out = tmp_path / "in.txt", tmp_path / f"out.{kind}"
    text.write_text(dump)
    run("text2pcap", "-D", "-F", kind, "-l", "147", text, out)
    known, items = items_of(out)
    assert known == "pcap or pcapng"
    assert [raw for _, raw in frames(items)] == [raw for _, raw in there]
    if kind == "pcapng":  # the other has no place for a direction
        assert frames(items) == there


@pytest.mark.external("text2pcap")
@pytest.mark.parametrize("kind", ["pcap", "pcapng"])
def test_text2pcap_of_a_serial_line(tmp_path: Path, kind: str) -> None:
    """RTAC serial packets: a header of time, event, lines and footer, then bytes as they came."""
    packets = [
        struct.pack(">IIBBH", *divmod(chunk.t_us or 0, 1_000_000), 1 if chunk.dir == TO_DEVICE else 2, 0, 0)
        + chunk.data
        for chunk in chunks_of(TALK)
    ]
    text, out = tmp_path / "in.txt", tmp_path / f"out.{kind}"
    text.write_text("\n".join(map(hexdump, packets)))
    run("text2pcap", "-F", kind, "-l", "250", text, out)
    items = items_of(out)[1]
    assert frames(items) == frames_of(TALK)
    first = next(item for item in items if isinstance(item, CapturedFrame))
    assert first.t_us == chunks_of(TALK)[0].t_us


def test_rtac_faults_count(tmp_path: Path) -> None:
    out = tmp_path / "faults.pcap"
    out.write_bytes(pcap(250, [struct.pack(">IIBBH", 1, 5, event, 0, 0) for event in (5, 6, 7, 7)]))
    faults = [(item.what, item.t_us) for item in items_of(out)[1] if isinstance(item, LineFault)]
    assert faults == [
        ("lost data", 1_000_005),
        ("framing error", 1_000_005),
        ("parity error", 1_000_005),
        ("parity error", 1_000_005),
    ]


def pcap(link: int, packets: list[bytes], order: str = "<") -> bytes:
    head = struct.pack(order + "IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    return head + b"".join(struct.pack(order + "IIII", 1, 2, len(data), len(data)) + data for data in packets)


@pytest.mark.parametrize("order", ["<", ">"])
def test_either_byte_order(tmp_path: Path, order: str) -> None:
    out = tmp_path / "order.pcap"
    out.write_bytes(pcap(147, [bytes.fromhex("000500fb")], order))
    assert frames(items_of(out)[1]) == [(TO_DEVICE, bytes.fromhex("c0000500fbc0"))]


@pytest.mark.parametrize(("link", "said"), [(272, "nRF Sniffer"), (201, "HCI"), (1, "link type 1")])
def test_other_protocols_are_recognised_and_said(tmp_path: Path, link: int, said: str) -> None:
    out = tmp_path / "other.pcap"
    out.write_bytes(pcap(link, [b"\1\2\3"]))
    (error,) = items_of(out)[1]
    assert isinstance(error, CaptureError)
    assert said in error.reason


@pytest.mark.parametrize("size", [10, 24, 30, 40, 42])
def test_a_file_that_breaks_off(tmp_path: Path, size: int) -> None:
    out = tmp_path / "short.pcap"
    out.write_bytes(pcap(147, [bytes.fromhex("000500fb")])[:size])
    errors = [item for item in items_of(out)[1] if isinstance(item, CaptureError)]
    assert bool(errors) == (size not in (24, 44))
