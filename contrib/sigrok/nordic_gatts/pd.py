import sigrokdecode as srd

from .h5 import END, Byte, Deframer, read_header
from .packets import DIALECT_NAMES, describe_frame

LINES = ("rx", "tx")  # 0 and 1 of the UART decoder
ROWS = (("frame", "H5"), ("packet", "packets"), ("field", "fields"), ("warning", "warnings"))
FRAME, PACKET, FIELD, WARNING = range(len(ROWS))


class Decoder(srd.Decoder):
    api_version = 3
    id = "nordic_gatts"
    name = "Nordic GATTS"
    longname = "Nordic SoftDevice GATT server packets"
    desc = "GATT server commands, responses and events of serialized Nordic SoftDevices."
    license = "mit"
    inputs = ["uart"]
    outputs = []
    tags = ["Embedded/industrial", "Wireless/RF"]
    options = ({"id": "dialect", "desc": "Dialect", "default": "sd_api_v5", "values": DIALECT_NAMES},)
    annotations = tuple(
        ("%s-%s" % (line, row), "%s %s" % (line.upper(), title)) for line in LINES for row, title in ROWS
    )
    annotation_rows = tuple(
        ("%s-%ss" % (line, row), "%s %s" % (line.upper(), title), (number * len(ROWS) + at,))
        for number, line in enumerate(LINES)
        for at, (row, title) in enumerate(ROWS)
    )

    def __init__(self):
        self.reset()

    def reset(self):
        self.lines = (Deframer(), Deframer())

    def start(self):
        self.out_ann = self.register(srd.OUTPUT_ANN)

    def annotate(self, line, row, ss, es, *texts):
        self.put(ss, es, self.out_ann, [line * len(ROWS) + row, list(texts)])

    def decode(self, ss, es, data):
        kind, line, value = data
        if kind != "DATA":
            return
        frame = self.lines[line].feed(Byte(value[0], ss, es))
        strays = self.lines[line].take_strays() if value[0] == END else None
        if strays:
            text = "%d byte%s outside frames" % (strays.value, "s" if strays.value > 1 else "")
            self.annotate(line, WARNING, strays.ss, strays.es, text, "stray")
        if frame:
            self.show(line, frame)

    def show(self, line, frame):
        if [byte.value for byte in frame.bytes] == [0xDD]:  # frees a chip that waits behind a lone DB
            self.annotate(line, FRAME, frame.ss, frame.es, "release", "rel")
            return
        if frame.error:
            code, offset, reason = frame.error
            self.annotate(line, FRAME, frame.ss, frame.es, "bad frame: %s" % code, "bad")
            self.annotate(
                line, WARNING, frame.ss, frame.es, "%s at offset %d: %s" % (code, offset, reason), code
            )
            return
        data = bytes(byte.value for byte in frame.bytes)
        header = read_header(data)
        found = describe_frame(self.options["dialect"], header, data[4 : 4 + header.length])
        self.annotate(line, FRAME, frame.ss, frame.es, found.link, found.link.split()[0])
        if found.packet:
            first, last = frame.bytes[4], frame.bytes[3 + header.length]
            self.annotate(line, PACKET, first.ss, last.es, found.packet, found.packet.split()[0])
        for start, stop, text in found.fields:
            self.annotate_bytes(line, FIELD, frame, start, stop, text)
        for start, stop, text in found.warnings:
            self.annotate_bytes(line, WARNING, frame, start, stop, text)

    def annotate_bytes(self, line, row, frame, start, stop, text):
        # Offsets count from the payload; what says nothing about any byte stands at the frame's last.
        covered = frame.bytes[4 + start : 4 + stop] or frame.bytes[-1:]
        self.annotate(line, row, covered[0].ss, covered[-1].es, text, text.rpartition(": ")[2])
