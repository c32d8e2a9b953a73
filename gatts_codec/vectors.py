"""Golden vectors: JSON records that say what a codec must do with one packet, and whether it does.

One record a line: ``dialect``, ``kind`` (command, response or event), ``name``, and by category

    valid         fields, hex                   encode fields to exactly hex, decode hex to exactly fields
    malformed     hex, error, why               refuse hex, strict and tolerant
    tolerated     hex, fields, canonical_hex    tolerant: decode to fields; strict: refuse; encode fields to
                                                canonical_hex, or refuse where that is null
    unencodable   fields, error                 refuse to encode fields
    quirks        note                          documentation: not run

What hangs on more than the packet, or on an accident (``ACCIDENTS``), is not run either.

``hex`` begins at the opcode or event id. A file named after a category holds only that; in any other file each
record's keys tell.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gatts_codec.codec import Codec
from gatts_codec.errors import DecodeError, EncodeError, GattsError
from gatts_codec.schema.message import Packet

QUIRKS = "quirks"
Vector = Mapping[str, Any]

_LONGEST_LINE = 1 << 20


def _buffers(fields: Any) -> Iterator[Mapping[str, Any]]:
    """The buffers of the application that are named in a record's fields."""
    for value in fields.values() if isinstance(fields, dict) else ():
        if isinstance(value, dict) and "buf_id" in value:
            yield value
        yield from _buffers(value)


def _odd_buffer(record: Vector) -> bool:
    # Numbers no application gives its buffers, or bytes that were in the buffer before.
    return any(
        buffer["buf_id"] > 8
        or buffer["len"] is None
        or (buffer["data"] is not None and not int(buffer["data"] or "0", 16))
        for buffer in _buffers(record["fields"])
    )


def _changed(record: Vector, *places: int) -> bool:
    """Whether a record was made by changing the byte at one of these places."""
    return str(record.get("why", "")).startswith(tuple(f"byte {place} " for place in places))


_Accident = Callable[[Vector], bool]
ACCIDENTS: Mapping[tuple[str, str], _Accident] = {
    # Without handles the chip makes 11 of any count.
    ("tolerated", "sd_ble_gattc_char_values_read"): lambda record: record["fields"]["handles"] is None,
    # A presence byte other than 01 loses the number of the buffer.
    ("tolerated", "BLE_L2CAP_EVT_CH_RX"): lambda record: record["fields"]["sdu_buf"]["data"] is None,
    # Without a buffer the chip leaves out its number, and the host refuses that packet.
    ("tolerated", "BLE_L2CAP_EVT_CH_SDU_BUF_RELEASED"): lambda record: (
        not record["fields"]["sdu_buf"]["buf_id"]
    ),
    ("tolerated", "BLE_L2CAP_EVT_CH_TX"): lambda record: not record["fields"]["sdu_buf"]["buf_id"],
    # The chip puts a buffer of its own in the place of any, and the host knows only the buffers it has lent.
    ("tolerated", "sd_ble_gap_scan_start"): lambda record: bool(record["fields"].get("adv_report_buffer")),
    ("tolerated", "sd_ble_gap_adv_set_configure"): _odd_buffer,
    ("tolerated", "BLE_GAP_EVT_CONNECTED"): lambda record: _odd_buffer(record) or _changed(record, 21),
    ("tolerated", "BLE_GAP_EVT_ADV_SET_TERMINATED"): _odd_buffer,
    ("tolerated", "BLE_GAP_EVT_TIMEOUT"): _odd_buffer,
    # The chip has memory of its own, whatever it is lent.
    ("tolerated", "sd_ble_user_mem_reply"): lambda record: record["hex"].endswith("00"),
    # Old hosts decode a failed response, or one that is cut off, without looking at its length.
    ("tolerated", "sd_ble_gap_ppcp_get"): lambda record: bool(record["fields"].get("result")),
    ("tolerated", "sd_ble_version_get"): lambda record: record["fields"].get("version", 1) is None,
    ("tolerated", "BLE_GAP_EVT_CONN_PARAM_UPDATE"): lambda record: (
        None in record["fields"]["conn_params"].values()
    ),
    ("tolerated", "BLE_GAP_EVT_CONN_PARAM_UPDATE_REQUEST"): lambda record: (
        None in record["fields"]["conn_params"].values()
    ),
    # Inside a whitelist the chip drops the error of single steps.
    ("tolerated", "sd_ble_gap_adv_start"): lambda record: bool(
        (record["fields"].get("adv_params") or {}).get("whitelist")
    ),
    # The host of SDK 11 packs a byte of the key otherwise than its chip reads it.
    ("tolerated", "sd_ble_gap_sec_info_reply"): lambda record: record["dialect"].startswith("sd_api_v2"),
    # What comes behind the body hangs on a key set that the host has lent for this very connection.
    ("tolerated", "BLE_GAP_EVT_AUTH_STATUS"): lambda record: "sec_keyset" not in record["fields"],
    ("unencodable", "BLE_GAP_EVT_AUTH_STATUS"): lambda record: "sec_keyset" not in record["fields"],
    ("malformed", "BLE_GAP_EVT_AUTH_STATUS"): lambda record: _changed(record, 2, 3),
    # A host takes what it has asked for: the option of that id, the bytes if it wanted them.
    ("malformed", "sd_ble_opt_get"): lambda record: record["kind"] == "response" and _changed(record, 5),
    ("malformed", "sd_ble_uuid_encode"): lambda record: len(record["hex"]) == len("650000000010"),
    # The length behind the name is the size of the buffer that the host asked with.
    ("valid", "sd_ble_gap_device_name_get"): lambda record: (
        record["dialect"] == "sd_api_v7"
        and record["kind"] == "response"
        and record["fields"]["result"] == 0
        and record["fields"]["dev_name"] is None
    ),
}
"""Which records hang on an accident, a state outside the packet, or a fault of the reference: they are not run."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What a codec did otherwise than ``check`` wants. ``line`` counts from 1; ``packet`` is dialect, kind and name."""

    line: int
    packet: str
    check: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class FileReport:
    """How one file went. ``skipped`` are quirks and accidents."""

    path: Path
    records: int
    skipped: int
    mismatches: tuple[Mismatch, ...]

    @property
    def failed(self) -> int:
        """Records with at least one mismatch."""
        return len({mismatch.line for mismatch in self.mismatches if mismatch.line})

    @property
    def passed(self) -> int:
        """Records without any."""
        return self.records - self.skipped - self.failed


def vector_files(paths: Iterable[Path]) -> list[Path]:
    """The files themselves, and every ``.jsonl`` below the folders."""
    found: list[Path] = []
    for path in paths:
        found += sorted(filter(Path.is_file, path.rglob("*.jsonl"))) if path.is_dir() else [path]
    return found


def check_file(path: Path) -> FileReport:
    """Run every record of a file; it may have none. Lines that are not vectors are mismatches. Raises OSError."""
    records = skipped = 0
    mismatches: list[Mismatch] = []
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(iter(lambda: lines.readline(_LONGEST_LINE), ""), 1):
            if len(line) == _LONGEST_LINE:  # a device, say, that has no end
                records += 1
                mismatches.append(_no_vector(number, f"a line of {_LONGEST_LINE} characters or more"))
                break
            if not line.strip():
                continue
            records += 1
            try:
                record = _record(line)
                category = category_of(record, path.stem)
                if category == QUIRKS or is_accident(record, category):
                    skipped += 1
                else:
                    mismatches += check(record, category, number)
            except KeyError as error:
                mismatches.append(_no_vector(number, f"a record without {error}"))
            except (ValueError, TypeError, RecursionError) as error:
                mismatches.append(_no_vector(number, str(error)))
    return FileReport(path, records, skipped, tuple(mismatches))


def category_of(record: Vector, name: str) -> str:
    """The category that the file's name or else the record's keys say."""
    if name in _CHECKS:
        return name
    if "note" in record:
        return QUIRKS
    if "canonical_hex" in record:
        return "tolerated"
    if "error" in record:
        return "malformed" if "hex" in record else "unencodable"
    return "valid"


def is_accident(record: Vector, category: str) -> bool:
    """Whether a record hangs on more than the packet, as ``ACCIDENTS`` says."""
    accidental = ACCIDENTS.get((category, record["name"]))
    return accidental is not None and accidental(record)


def check(record: Vector, category: str, line: int = 0) -> Iterator[Mismatch]:
    """Everything that the codec does otherwise than ``record`` says."""
    dialect, kind, name = record["dialect"], record["kind"], record["name"]
    for what, expected, act in _CHECKS[category](record):
        if (found := _difference(expected, act)) is not None:
            wanted = expected if isinstance(expected, str) else expected.__name__
            yield Mismatch(line, f"{dialect} {kind} {name}", what, wanted, found)


Check = tuple[str, str | type[GattsError], Callable[[], str]]


def _valid(record: Vector) -> Iterator[Check]:
    yield "encode", record["hex"], lambda: _encode(record)
    yield "strict decode", _canonical(record["fields"]), lambda: _decode(record, strict=True)
    yield "tolerant decode", _canonical(record["fields"]), lambda: _decode(record, strict=False)


def _malformed(record: Vector) -> Iterator[Check]:
    yield "strict decode", DecodeError, lambda: _decode(record, strict=True)
    yield "tolerant decode", DecodeError, lambda: _decode(record, strict=False)


def _tolerated(record: Vector) -> Iterator[Check]:
    yield "strict decode", DecodeError, lambda: _decode(record, strict=True)
    yield "tolerant decode", _canonical(record["fields"]), lambda: _decode(record, strict=False)
    yield "encode", record["canonical_hex"] or EncodeError, lambda: _encode(record)


def _unencodable(record: Vector) -> Iterator[Check]:
    yield "encode", EncodeError, lambda: _encode(record)


def _quirk(_record: Vector) -> Iterator[Check]:
    return iter(())


_CHECKS: dict[str, Callable[[Vector], Iterator[Check]]] = {
    "valid": _valid,
    "malformed": _malformed,
    "tolerated": _tolerated,
    "unencodable": _unencodable,
    QUIRKS: _quirk,
}


def _no_vector(line: int, found: str) -> Mismatch:
    return Mismatch(line, "", "read", "a vector", found)


def _record(line: str) -> Vector:
    record = json.loads(line)
    if not isinstance(record, dict):
        raise TypeError("not a JSON object")
    for key in ("dialect", "kind", "name", "hex"):
        if not isinstance(record.get(key, ""), str):
            raise TypeError(f"{key} must be a string, found {record[key]!r}")
    if not isinstance(record.get("canonical_hex"), str | None):
        raise TypeError(f"canonical_hex must be a string or null, found {record['canonical_hex']!r}")
    return record


@cache
def _codec(dialect: str, strict: bool) -> Codec:
    return Codec(dialect, strict=strict)


def _message_class(record: Vector, *, strict: bool) -> tuple[Codec, type[Packet]]:
    codec = _codec(record["dialect"], strict)
    try:
        return codec, codec.message_class(record["kind"], record["name"])
    except GattsError as error:  # must not pass for the refusal of a packet
        raise LookupError(str(error)) from None


def _encode(record: Vector) -> str:
    codec, _ = _message_class(record, strict=True)
    return codec.encode(codec.from_dict(record["kind"], record["name"], record["fields"])).hex()


def _decode(record: Vector, *, strict: bool) -> str:
    codec, cls = _message_class(record, strict=strict)
    body = bytes.fromhex(record["hex"])
    message: Packet = getattr(codec, f"decode_{record['kind']}")(body)
    return _canonical(message.to_dict()) if isinstance(message, cls) else repr(message)


def _canonical(fields: Any) -> str:
    # As text, because Python holds True equal to 1 and JSON does not.
    return json.dumps(fields, sort_keys=True)


def _difference(expected: str | type[GattsError], act: Callable[[], str]) -> str | None:
    try:
        found = act()
    except Exception as error:  # a crash is one mismatch, not the end of the run
        if isinstance(expected, type) and isinstance(error, expected):
            return None
        return f"{type(error).__name__}: {error}"
    return None if found == expected else found
