"""Packet bodies, field by field: one function a block of the layouts in tables.py.

It reads as the firmware does. What a strict decoder refuses comes as a warning, what no decoder takes as a fault, in
the words of gatts-codec: "value.len at offset 7: 513 is over the longest value, 512 bytes".
"""

from collections import namedtuple

OUTER = ""  # where a record's values keep those of the record around it

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


def lookup(scope, field):
    """An earlier number, of this record or of one around it; dots lead into a structure."""
    first, *inner = field.split(".")
    while first not in scope:
        scope = scope[OUTER]
    value = scope[first]
    for name in inner:
        value = value[name]
    return value


def offset_of(scope, field):
    first = field.split(".")[0]
    while first not in scope:
        scope = scope[OUTER]
    return scope["offset of " + first]


def read_record(layout, reader, outer, path):
    scope = {OUTER: outer}
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
    always = flag in ("ANY", "FILLED")
    if byte > 1 or (always and byte != 1):
        reason = "presence flag must be %s, found %02x" % ("01" if always else "00 or 01", byte)
        if flag == "STRUCT":
            raise Fault(path, start, reason)
        reader.warn(path, start, reason)
    present = flag == "ANY" or (byte != 0 if flag == "RAW" else byte == 1)
    reader.note(what % path, start, byte, "yes" if present else "no")
    return present


def read_presence(layout, reader, scope, path):
    return read(layout["of"], reader, scope, path) if read_flag(layout["flag"], reader, path) else None


def read_nested(layout, reader, scope, path):
    return read(layout["of"], reader, scope, path)


def read_given(layout, reader, _scope, path):
    return read_flag(layout["flag"], reader, path, "%s")


def read_bytes(layout, size, reader, path):
    start = reader.pos
    data = reader.take(size, path)
    if layout.get("shown") == "address":
        text = ":".join("%02X" % byte for byte in reversed(data))
    else:
        text = " ".join("%02x" % byte for byte in data) or "empty"
    reader.note(path, start, data, text)
    return data


def read_data(layout, reader, scope, path):
    present = layout["flag"] is None or read_flag(layout["flag"], reader, path)
    length, size, most = layout["length"], lookup(scope, layout["length"]), layout["most"]
    if most is not None and size > most and (present or layout["limited"]):
        at, offset = join(path.rpartition(".")[0], length), offset_of(scope, length)
        reason = "%d is over the longest value, %d bytes" % (size, most)
        if present:
            raise Fault(at, offset, reason)
        reader.warn(at, offset, reason)
    if layout["flag"] == "FILLED" and not present and size:
        raise Fault(
            path, reader.pos - 1, "presence flag must be 01, found %02x" % reader.data[reader.pos - 1]
        )
    return read_bytes(layout, size, reader, path) if present or layout["flag"] == "FILLED" else None


def read_size(width, reader, path):
    start = reader.pos
    size = int.from_bytes(reader.take(width, path), "little")
    reader.note(path, start, size, str(size))
    return size


def read_counted(layout, reader, _scope, path):
    start, most = reader.pos, layout["most"]
    size = read_size(layout["size"], reader, path + " (len)")
    if most is not None and size > most:
        raise Fault(path, start, "%d is over the longest value, %d bytes" % (size, most))
    return read_bytes(layout, size, reader, path)


def read_raw(layout, reader, scope, path):
    size = layout["size"]
    return read_bytes(layout, size if isinstance(size, int) else lookup(scope, size), reader, path)


def read_list(layout, reader, scope, path):
    count = layout["count"]
    size = read_size(count, reader, path + " (count)") if isinstance(count, int) else lookup(scope, count)
    return [read(layout["of"], reader, scope, "%s[%d]" % (path, at)) for at in range(size)]


def read_switch(layout, reader, scope, path):
    value = lookup(scope, layout["field"])
    cases = dict(layout["cases"])
    case = cases.get(value, layout["default"])
    if case is None:
        reason = "must be one of %s, found %d" % (", ".join(map(str, cases)), value)
        field = join(path.rpartition(".")[0], layout["field"])
        raise Fault(field, offset_of(scope, layout["field"]), reason)
    return read(case, reader, scope, path)


def read_never(layout, reader, _scope, path):
    raise Fault(path, reader.pos - 1, layout["reason"])


def read_count(layout, reader, scope, path):
    scope["offset of " + layout["counter"]] = reader.pos
    scope[layout["counter"]] = read_size(layout["size"], reader, join(path, layout["of"]) + " (count)")


def check_atmost(layout, _reader, scope, path):
    field, most = layout["field"], layout["most"]
    if scope[field] > most and (layout["when"] is None or scope[layout["when"]]):
        reason = "must be at most %d, found %d" % (most, scope[field])
        raise Fault(join(path, field), scope["offset of " + field], reason)


def read_absent(layout, _reader, scope, _path):
    scope.update(dict.fromkeys(layout["names"]))


def read_trailing(layout, reader, scope, path):
    return read(layout["of"], reader, scope, path) if reader.pos < len(reader.data) else None


def read_oneof(layout, reader, scope, path):
    start = reader.pos
    value = read(layout["of"], reader, scope, path)
    if value not in layout["values"]:
        raise Fault(path, start, "must be %s, found %d" % (" or ".join(map(str, layout["values"])), value))
    return value


def read_bits(layout, reader, scope, path):
    start, digits = reader.pos, 2 * layout["size"]
    whole = int.from_bytes(reader.take(layout["size"], path), "little")
    if whole & layout["reserved"]:
        found = digits, whole & layout["reserved"], digits, whole
        reader.warn(path, start, "reserved bits %0*x are set in %0*x" % found)
    for name, shift, width in layout["groups"]:
        value = scope[name] = whole >> shift & (1 << width) - 1
        scope["offset of " + name] = start
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
    reader.note(join(path, layout["key"]) + " (filler)", start, byte, "%02x" % byte)
    if byte:
        reader.warn(path, start, "an absent %s is followed by 00, found %02x" % (layout["key"], byte))


def read_when(layout, reader, scope, path):
    if scope[layout["field"]] == layout["value"]:
        read_members(layout["members"], reader, scope, path)


BLOCKS = {
    "absent": read_absent,
    "atmost": check_atmost,
    "bits": read_bits,
    "count": read_count,
    "counted": read_counted,
    "data": read_data,
    "given": read_given,
    "group": read_group,
    "list": read_list,
    "nested": read_nested,
    "never": read_never,
    "number": read_number,
    "oneof": read_oneof,
    "presence": read_presence,
    "raw": read_raw,
    "record": read_record,
    "switch": read_switch,
    "trailing": read_trailing,
    "when": read_when,
}
