"""Packet bodies, field by field: one function a block of the layouts in tables.py.

It reads as the firmware does. What a strict decoder refuses comes as a warning, what no decoder takes as a fault, in
the words of gatts-codec: "value.len at offset 7: 513 is over the longest value, 512 bytes".
"""

from collections import namedtuple

MAX_VALUE_LEN = 512

# Bytes start..stop are the field; several fields of bits share one byte.
Span = namedtuple("Span", "path start stop value text")


class Fault(Exception):
    """Where the packet stops making sense."""

    def __init__(self, path, offset, reason):
        Exception.__init__(self, first_line(path, offset, reason))
        self.offset = offset


def first_line(path, offset, reason):
    return "%sat offset %d: %s" % (path + " " if path else "", offset, reason)


class Reader:
    """Reads one body. Afterwards spans has its fields, warnings (offset, text) and fault None or why it stopped."""

    def __init__(self, data):
        self.data, self.pos = data, 0
        self.spans, self.warnings, self.fault = [], [], None
        self.seen = {}

    def read_packet(self, layout, start):
        self.pos = start
        try:
            read_record(layout, self, None, "")
            self.check_end(layout)
        except Fault as fault:
            self.fault = fault

    def check_end(self, layout):
        extra = len(self.data) - self.pos
        reason = "%d byte%s after a complete packet" % (extra, "s" if extra > 1 else "")
        if extra and not layout["tolerates_trailing"]:
            raise Fault("", self.pos, reason)
        if extra:
            self.warn("", self.pos, reason)

    def take(self, size, path):
        if self.pos + size > len(self.data):
            raise Fault(path, self.pos, "the packet ends within this field")
        self.pos += size
        return self.data[self.pos - size : self.pos]

    def note(self, path, start, value, text):
        self.spans.append(Span(path, start, self.pos, value, text))

    def warn(self, path, offset, reason):
        self.warnings.append((offset, first_line(path, offset, reason)))


def join(path, name):
    return "%s.%s" % (path, name) if path else name


def read(layout, reader, scope, path):
    return BLOCKS[layout["block"]](layout, reader, scope, path)


def read_members(members, reader, scope, path):
    for member in members:
        name = member.get("name")
        if name is None:
            read(member, reader, scope, path)
        else:
            scope["offset of " + name] = reader.pos
            scope[name] = read(member, reader, scope, join(path, name))


def read_record(layout, reader, _scope, path):
    scope = {}
    read_members(layout["members"], reader, scope, path)
    return scope


def read_number(layout, reader, _scope, path):
    start = reader.pos
    value = int.from_bytes(reader.take(layout["size"], path), "little", signed=layout["signed"])
    known = layout.get("labels", {}).get(value)
    text = format(value, layout.get("shown", "d"))
    reader.note(path, start, value, "%s (%s)" % (text, known) if known else text)
    reader.seen[path.rpartition(".")[2]] = value
    return value


def read_flag(flag, reader, path, what="%s (present)"):
    start = reader.pos
    byte = reader.take(1, path)[0]
    if byte > 1:
        reason = "presence flag must be 00 or 01, found %02x" % byte
        if flag == "STRUCT":
            raise Fault(path, start, reason)
        reader.warn(path, start, reason)
    present = byte != 0 if flag == "RAW" else byte == 1
    reader.note(what % path, start, byte, "yes" if present else "no")
    return present


def read_presence(layout, reader, scope, path):
    return read(layout["of"], reader, scope, path) if read_flag(layout["flag"], reader, path) else None


def read_nested(layout, reader, scope, path):
    return read(layout["of"], reader, scope, path)


def read_given(layout, reader, _scope, path):
    return read_flag(layout["flag"], reader, path, "%s")


def read_bytes(size, reader, path):
    start = reader.pos
    data = reader.take(size, path)
    reader.note(path, start, data, " ".join("%02x" % byte for byte in data) or "empty")
    return data


def read_data(layout, reader, scope, path):
    present = layout["flag"] is None or read_flag(layout["flag"], reader, path)
    length, size = layout["length"], scope[layout["length"]]
    if size > MAX_VALUE_LEN and (present or layout["limited"]):
        at, offset = join(path.rpartition(".")[0], length), scope["offset of " + length]
        reason = "%d is over the longest value, %d bytes" % (size, MAX_VALUE_LEN)
        if present:
            raise Fault(at, offset, reason)
        reader.warn(at, offset, reason)
    return read_bytes(size, reader, path) if present else None


def read_counted(_layout, reader, _scope, path):
    start = reader.pos
    size = int.from_bytes(reader.take(2, path + " (len)"), "little")
    reader.note(path + " (len)", start, size, str(size))
    if size > MAX_VALUE_LEN:
        raise Fault(path, start, "%d is over the longest value, %d bytes" % (size, MAX_VALUE_LEN))
    return read_bytes(size, reader, path)


def read_trailing(layout, reader, scope, path):
    return read(layout["of"], reader, scope, path) if reader.pos < len(reader.data) else None


def read_oneof(layout, reader, scope, path):
    start = reader.pos
    value = read(layout["of"], reader, scope, path)
    if value not in layout["values"]:
        raise Fault(path, start, "must be %s, found %d" % (" or ".join(map(str, layout["values"])), value))
    return value


def read_bits(layout, reader, scope, path):
    start = reader.pos
    byte = reader.take(1, path)[0]
    if byte & layout["reserved"]:
        reader.warn(path, start, "reserved bits %02x are set in %02x" % (byte & layout["reserved"], byte))
    for name, shift, width in layout["groups"]:
        value = scope[name] = byte >> shift & (1 << width) - 1
        known = layout["labels"].get(name, {}).get(value)
        reader.note(join(path, name), start, value, "%d (%s)" % (value, known) if known else str(value))
        required = layout["required"].get(name, value)
        if value != required:
            reader.warn(join(path, name), start, "must be %d, found %d" % (required, value))


def read_group(layout, reader, scope, path):
    if read_flag(layout["flag"], reader, join(path, layout["key"])):
        read_members(layout["members"], reader, scope, path)
    else:
        read_filler(layout, reader, path)


def read_filler(layout, reader, path):
    if not layout["filler"]:
        return
    start = reader.pos
    byte = reader.take(1, path)[0]
    reader.note(path + " (filler)", start, byte, "%02x" % byte)
    if byte:
        reader.warn(path, start, "an absent %s is followed by 00, found %02x" % (layout["key"], byte))


def read_when(layout, reader, scope, path):
    if scope[layout["field"]] == layout["value"]:
        read_members(layout["members"], reader, scope, path)


BLOCKS = {
    "bits": read_bits,
    "counted": read_counted,
    "data": read_data,
    "given": read_given,
    "group": read_group,
    "nested": read_nested,
    "number": read_number,
    "oneof": read_oneof,
    "presence": read_presence,
    "record": read_record,
    "trailing": read_trailing,
    "when": read_when,
}
