"""What an H5 frame says, in words, with the bytes of its payload that say it."""

from collections import namedtuple

from .layouts import Reader
from .tables import DIALECTS, HINTS, LINK_NAMES, TYPE_NAMES

DIALECT_NAMES = tuple(DIALECTS)
ACK, VENDOR, LINK_CONTROL = 0, 14, 15
KINDS = {0: "command", 1: "response", 2: "event"}
OTHER_KINDS = {3: "dtm_command", 4: "dtm_response", 5: "reset_command"}

# fields and warnings are (first byte, byte behind the last, text), counted from the payload's start.
Found = namedtuple("Found", "link packet fields warnings")


def describe_frame(dialect_name, header, payload):
    link = link_text(header, payload)
    if header.type != VENDOR:
        return Found(link, "", [], [])
    dialect = DIALECTS[dialect_name]
    packet, fields, warnings = describe_payload(dialect, payload)
    if len(payload) > dialect["max_payload"]:
        text = "%d bytes; %s takes packets of %d at most" % (
            len(payload),
            dialect["firmware"],
            dialect["max_payload"],
        )
        warnings = warnings + [(0, len(payload), text)]
    return Found(link, packet, fields, warnings)


def link_text(header, payload):
    if header.type == ACK:
        return "ACK %d" % header.ack
    if header.type == LINK_CONTROL:
        return link_name(payload)
    name = TYPE_NAMES.get(header.type, "UNKNOWN_%d" % header.type)
    if header.type != VENDOR:
        return name
    return "%s seq %d ack %d, %d bytes" % (name, header.seq, header.ack, len(payload))


def link_name(payload):
    name = LINK_NAMES.get(payload[:2])
    # CONFIG and CONFIG_RSP carry a configuration field, nothing else carries anything.
    if name is None or (len(payload) > 2 and not name.startswith("CONFIG")):
        return "unknown link control"
    return name


def describe_payload(dialect, payload):
    """(summary, fields, warnings) of a vendor packet."""
    if not payload:
        return "", [], [(0, 0, "at offset 0: an empty payload has no packet type")]
    kind = KINDS.get(payload[0])
    if kind is None:
        return other_kind(dialect, payload[0]), [], []
    body, width = payload[1:], 2 if kind == "event" else 1
    fields = [(0, 1, "packet type: " + kind)]
    if len(body) < width:
        what = "event id" if kind == "event" else "opcode"
        return kind + " [truncated]", fields, [(0, 1, "at offset 0: too short for its " + what)]
    number = int.from_bytes(body[:width], "little")
    group, packet = group_of(dialect, kind, number), dialect["packets"][kind].get(number)
    if packet or group == "gatts":
        return describe_packet(dialect, kind, number, packet, body, fields)
    return describe_opaque(dialect, kind, number, group, body, fields)


def other_kind(dialect, packet_type):
    if packet_type == 5 and dialect["generic_command"]:
        return "generic_command"
    return OTHER_KINDS.get(packet_type, "unknown packet type %d" % packet_type)


def group_of(dialect, kind, number):
    for first, last, group in dialect["groups"]["event" if kind == "event" else "command"]:
        if first <= number <= last:
            return group
    return "unknown"


def describe_packet(dialect, kind, number, packet, body, fields):
    what, width = ("event id", 2) if kind == "event" else ("opcode", 1)
    if packet is None:
        text = "at offset 0: %s 0x%02x is no %s of %s" % (what, number, kind, dialect["name"])
        return "%s 0x%02x %s [unknown]" % (what, number, kind), fields, [(1, 1 + width, text)]
    reader = Reader(body)
    reader.read_packet(packet["layout"], width)
    fields = fields + [(1, 1 + width, "%s: 0x%02x %s" % (what, number, packet["name"]))]
    fields += [(1 + span.start, 1 + span.stop, "%s: %s" % (span.path, span.text)) for span in reader.spans]
    warnings = [(1 + offset, 2 + offset, text) for offset, text in reader.warnings]
    if reader.fault:
        warnings.append((1 + reader.fault.offset, 1 + len(body), str(reader.fault)))
    words = [packet["short"], kind]
    words += [
        "%s=0x%04x" % (name[:4] if name == "conn_handle" else name, reader.seen[name])
        for name in ("conn_handle", "handle")
        if name in reader.seen
    ]
    if reader.fault:
        words.append("[malformed]")
    elif kind == "response":
        name, warning = describe_result(dialect, packet["short"], reader.seen["result"])
        words.append(name)
        warnings += warning
    return " ".join(words), fields, warnings


def describe_opaque(dialect, kind, number, group, body, fields):
    width = 2 if kind == "event" else 1
    words = ["%s %s 0x%02x" % (group, kind, number)]
    warnings = []
    if group == "unknown":
        warnings.append((1, 1 + width, "%s has no %s 0x%02x" % (dialect["name"], kind, number)))
    if kind == "response" and len(body) >= 5:
        name, warning = describe_result(dialect, "", int.from_bytes(body[1:5], "little"))
        words.append(name)
        warnings += warning
    if len(body) > width:
        fields = fields + [
            (1 + width, 1 + len(body), "data: " + " ".join("%02x" % byte for byte in body[width:]))
        ]
    return " ".join(words), fields, warnings


def describe_result(dialect, command, result):
    """A result's name, and the warning that says what to do about it."""
    name = dialect["results"].get(result, "unknown result 0x%04x" % result)
    hint = HINTS.get(command, {}).get(name) or HINTS[""].get(name)
    return name, [(2, 6, name + (": " + hint if hint else ""))] if result else []
