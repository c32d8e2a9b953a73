"""H5 frames out of a line's bytes, each byte with the samples that it took."""

from collections import namedtuple

END, ESC = 0xC0, 0xDB
ESCAPED = {0xDC: END, 0xDD: ESC}
MAX_BODY = 2 * (4 + 4095 + 2)

# A byte and the samples from..to that it took; of an escaped byte those of both bytes.
Byte = namedtuple("Byte", "value ss es")

# bytes: unescaped; ss and es: samples of both C0. error: None, or (code, offset, reason).
Frame = namedtuple("Frame", "bytes ss es error")

Header = namedtuple("Header", "seq ack crc reliable type length")


class Deframer:
    """Cuts one line into frames. A closing C0 never opens the next frame; C0 C0 starts again."""

    def __init__(self):
        self.opened = None
        self.body = []
        self.strays = None

    def feed(self, byte):
        """The frame that this byte completes, None if none."""
        if byte.value != END:
            self._between(byte)
            return None
        if not self.body:
            self.opened = byte
            return None
        opened, body = self.opened, self.body
        self.opened, self.body = None, []
        return make_frame(body, opened.ss, byte.es)

    def _between(self, byte):
        if self.opened is None:
            self._stray(byte)
        elif len(self.body) < MAX_BODY:
            self.body.append(byte)
        else:
            for lost in self.body:
                self._stray(lost)
            self.opened, self.body = None, []

    def _stray(self, byte):
        first, count = (self.strays.ss, self.strays.value) if self.strays else (byte.ss, 0)
        self.strays = Byte(count + 1, first, byte.es)

    def take_strays(self):
        """The bytes outside frames since the last call: (how many, first sample, last sample), or None."""
        strays, self.strays = self.strays, None
        return strays


def make_frame(body, ss, es):
    data, error = unescape(body)
    return Frame(data, ss, es, error or fault([byte.value for byte in data]))


def unescape(body):
    """(bytes without escapes, None), or (bytes as they came, what is wrong)."""
    data, rest = [], iter(enumerate(body))
    for at, byte in rest:
        if byte.value == ESC:
            follower = next(rest, (at, None))[1]
            if follower is None or follower.value not in ESCAPED:
                found = "the end of the frame" if follower is None else "%02X" % follower.value
                return body, ("bad_escape", at, "DB must be followed by DC or DD, found " + found)
            byte = Byte(ESCAPED[follower.value], byte.ss, follower.es)
        data.append(byte)
    return data, None


def fault(data):
    """What is wrong with a frame: the first rule that it breaks, in the order in which receivers test them."""
    if len(data) < 4:
        return "short_frame", len(data), "a frame has at least 4 bytes, this one %d" % len(data)
    header = read_header(data)
    end = 4 + header.length
    announced = end + (2 if header.crc else 0)
    if len(data) != announced:
        return (
            "length_mismatch",
            1,
            "by its header the frame has %d bytes, there are %d" % (announced, len(data)),
        )
    checksum = -sum(data[:3]) & 0xFF
    if data[3] != checksum:
        return "header_checksum", 3, "header checksum is %02x, should be %02x" % (data[3], checksum)
    if header.crc:
        found, computed = data[end] | data[end + 1] << 8, crc16(data[:end])
        if found != computed:
            return "crc", end, "CRC is 0x%04x, should be 0x%04x" % (found, computed)
    return None


def read_header(data):
    first, second, third = data[:3]
    flags = bool(first & 0x40), bool(first & 0x80)
    return Header(first & 7, first >> 3 & 7, flags[0], flags[1], second & 15, second >> 4 | third << 4)


def crc16(data):
    """CRC-16/CCITT-FALSE."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc
