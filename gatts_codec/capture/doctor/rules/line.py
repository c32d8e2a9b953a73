"""What is wrong with the line itself, and what speaks another protocol on it."""

from __future__ import annotations

from gatts_codec.capture.doctor.finding import Cases, Evidence, after, of_frame
from gatts_codec.capture.doctor.rules.rule import Rule
from gatts_codec.capture.doctor.scene import SIDES, Scene
from gatts_codec.capture.doctor.texts import Quantity
from gatts_codec.capture.wire.chunks import TO_HOST, CutOff, Direction, LineFault, Remark
from gatts_codec.capture.wire.frames import CapturedFrame, Item, Stray, Unfinished
from gatts_codec.errors import CaptureError
from gatts_codec.framing.slip import END_BYTE, unescape

_RUN = 3  # damaged frames close together are no accident
_NEAR = 20  # frames of the same side
_KEPT = 64


class Damage(Rule):
    """Frames that are damaged, bytes outside frames, lines that cannot be read."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._damaged: dict[Direction | None, list[int]] = {side: [] for side in SIDES}
        self._runs = dict.fromkeys(SIDES, False)
        self._cut: list[Unfinished] = []

    def item(self, item: Item) -> None:
        if isinstance(item, CapturedFrame):
            if item.error is not None and not item.is_release:
                self._bad(item.dir, of_frame(item, item.error.reason))
        elif isinstance(item, Stray):
            self._stray(item)
        elif isinstance(item, Unfinished):
            self._unfinished(item)
        elif isinstance(item, LineFault):
            text = f"{item.what}, {item.times} in one go" if item.times > 1 else item.what
            evidence = after(self.scene.latest, text, item.t_us)
            self.cases.add("line faults", evidence, {"what": item.what}, count=item.times, apart=item.what)
        elif isinstance(item, Remark) and item.kind == "bad frame":
            self._bad(TO_HOST, Evidence(None, item.t_us, f"line {item.line}: {item.text}"))
        elif isinstance(item, CutOff):
            self.cases.add(
                "recording cut off", after(self.scene.latest, f"line {item.line}: {item.reason}", None)
            )
        elif isinstance(item, CaptureError):
            place = f"line {item.line}: " if item.line else ""
            evidence = after(self.scene.latest, f"{place}{item.reason}", None)
            self.cases.add("lines not read", evidence, {"why": item.reason})

    def _bad(self, side: Direction | None, evidence: Evidence) -> None:
        code = "bad frames in runs" if self._runs[side] else "damaged frame"
        self.cases.add(code, evidence, {"side": SIDES[side]}, apart=side)
        recent = self._damaged[side]
        recent.append(self.scene.frames[side])
        del recent[:-_RUN]
        if len(recent) == _RUN and recent[-1] - recent[0] <= _NEAR:
            self._runs[side] = True
            self.cases.turn("damaged frame", "bad frames in runs", side)

    def _stray(self, stray: Stray) -> None:
        before = self.scene.frames[stray.dir]
        if not before:
            return  # a recording may begin within a frame
        last = self.scene.last.get(stray.dir) if stray.dir else self.scene.latest
        evidence = after(last, f"{Quantity(stray.size):byte} outside frames", stray.t_us, stray.data)
        self.cases.add("noise", evidence, {"side": SIDES[stray.dir]}, count=stray.size, apart=stray.dir)

    def _unfinished(self, cut: Unfinished) -> None:
        if len(cut.data) > 1:  # a C0 alone is the end of a frame, sent twice
            text = f"{Quantity(len(cut.data)):byte} of a frame"
            evidence = after(self.scene.latest, text, self.scene.now_us, cut.data[:_KEPT])
            self.cases.add("frame cut off", evidence, {"side": SIDES[cut.dir]}, apart=cut.dir)


class OtherChecksum(Rule):
    """Header checksums that are all one less than due: one's complement where two's complement is meant."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._off: dict[Direction | None, Cases] = {side: Cases() for side in SIDES}
        self._seen = dict.fromkeys(SIDES, 0)
        self._others = dict.fromkeys(SIDES, 0)

    def item(self, item: Item) -> None:
        if not isinstance(item, CapturedFrame):
            return
        if item.error is not None and _sums_to_ff(item.raw):
            self._seen[item.dir] += 1
            code = "header checksum of another kind"
            self._off[item.dir].add(code, of_frame(item, item.error.reason), {"side": SIDES[item.dir]})
        elif not item.is_release:
            self._others[item.dir] += 1

    def end(self) -> None:
        for side, off in self._off.items():
            if self._seen[side] >= _RUN and not self._others[side]:
                self.cases = off


class OtherProtocol(Rule):
    """Frames of the serial bootloader; bytes with a length in front of each packet."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._dfu = Cases()
        self._rpc = False
        self._lengths: dict[Direction | None, list[Stray]] = {}

    def item(self, item: Item) -> None:
        if isinstance(item, CapturedFrame) and item.packet is not None:
            packet = item.packet
            if packet.payload and packet.reliable and _is_dfu(packet.payload):
                self._dfu.add("legacy serial dfu", of_frame(item, f"opcode {packet.payload[0]}"))
            elif packet.payload or packet.link:
                self._rpc = True
        elif isinstance(item, Stray) and item.data:
            strays = self._lengths.setdefault(item.dir, [])
            strays.append(item)
            del strays[_KEPT:]

    def end(self) -> None:
        if not self._rpc:
            self.cases = self._dfu
        for side, strays in self._lengths.items():
            packets = [stray for stray in strays if _is_length_framed(stray)]
            if packets and len(packets) * 2 > len(strays) and side not in self.scene.last:
                for stray in packets:
                    evidence = Evidence(
                        None, stray.t_us, f"a length of {stray.data[0]}, then as many bytes", stray.data
                    )
                    self.cases.add("length framing", evidence, {"side": SIDES[side]}, apart=side)


def _sums_to_ff(raw: bytes) -> bool:
    body = raw.strip(END_BYTE)
    try:
        header = unescape(body)[:4]
    except ValueError:
        return False
    return len(header) == 4 and sum(header) & 0xFF == 0xFF


def _is_dfu(payload: bytes) -> bool:
    """A bootloader's packet: a 32-bit opcode from 1 to 5 first. Of the RPC only a DTM command could begin so."""
    return len(payload) >= 4 and 1 <= payload[0] <= 5 and payload[1:4] == b"\0\0\0"


def _is_length_framed(stray: Stray) -> bool:
    length = int.from_bytes(stray.data[:2], "little")
    return stray.size == len(stray.data) and 2 <= length == stray.size - 2
