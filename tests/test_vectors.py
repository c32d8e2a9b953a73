"""The golden vectors: bytes that the reference C codecs produced or judged, the outside truth of this codec."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from golden import BASES, VECTORS, longest_value, packets_with_vectors, records

from gatts_codec.codec import Codec
from gatts_codec.constants import MAX_VALUE_LEN
from gatts_codec.constants.table import group_and_name
from gatts_codec.dialects import DIALECTS
from gatts_codec.errors import DecodeError, EncodeError
from gatts_codec.schema.message import Packet
from gatts_codec.vectors import ACCIDENTS, check, check_file, is_accident, vector_files

# Of these packets the reference refuses nothing, or both of its sides agree.
WITHOUT_RECORDS = {
    *(
        f"{dialect}/common_gap/unencodable"
        for dialect in ("sd_api_v3", "sd_api_v3_pc", "sd_api_v5", "sd_api_v5_pc")
    ),
    "sd_api_v4/common_gap/quirks",
}
each_dialect = pytest.mark.parametrize("dialect", DIALECTS)


each_file = pytest.mark.parametrize(
    "path",
    vector_files([VECTORS]),
    ids=lambda path: "-".join(path.relative_to(VECTORS).with_suffix("").parts),
)


@each_file
def test_every_third_vector_of_a_file_passes(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    records = map(json.loads, lines[len(lines) % 3 :: 3])
    run = [record for record in records if path.stem != "quirks" and not is_accident(record, path.stem)]
    assert [found for record in run for found in check(record, path.stem)] == []


@pytest.mark.soak
@each_file
def test_every_vector_of_a_file_passes(path: Path) -> None:
    report = check_file(path)
    lines = [
        f"{path.name}:{mismatch.line} {mismatch.packet} {mismatch.check}: {mismatch.expected} but {mismatch.found}"
        for mismatch in report.mismatches
    ]
    assert not lines, "\n".join(lines[:20])
    is_empty = path.relative_to(VECTORS).with_suffix("").as_posix() in WITHOUT_RECORDS
    assert is_empty or report.records, "the file has lost its records"
    assert report.records == len(path.read_text("utf-8").splitlines())
    assert report.skipped == (report.records if path.stem == "quirks" else accidents(path))
    assert report.passed == report.records - report.skipped


def accidents(path: Path) -> int:
    """How many records of a file hang on more than the packet."""
    return sum(is_accident(json.loads(line), path.stem) for line in path.read_text("utf-8").splitlines())


def test_few_records_hang_on_more_than_the_packet() -> None:
    paths = [path for path in vector_files([VECTORS]) if path.stem != "quirks"]
    assert 0 < sum(map(accidents, paths)) < 150
    named = {
        (path.stem, json.loads(line)["name"])
        for path in paths
        for line in path.read_text("utf-8").splitlines()
    }
    assert set(ACCIDENTS) <= named


@each_dialect
def test_a_flags_kind_is_that_which_the_reference_named(dialect: str) -> None:
    """A wrong flag is INVALID_DATA to the reference; where any other value means absent, what follows is too long."""
    codec, judged = Codec(dialect, strict=False), 0
    for record in records(dialect, "malformed"):
        of_a_flag = record["error"] == "NRF_ERROR_INVALID_DATA"
        looked_at = of_a_flag or record["error"] == "NRF_ERROR_INVALID_LENGTH"
        if record["kind"] != "command" or " set to " not in record["why"] or not looked_at:
            continue
        with pytest.raises(DecodeError) as refused:
            codec.decode_command(bytes.fromhex(record["hex"]))
        if "whitelist" not in str(refused.value):  # whose decoder drops the errors of single steps
            assert ("presence flag" in str(refused.value)) is of_a_flag, record
            judged += 1
    assert judged


@each_dialect
def test_there_are_valid_vectors_for_every_packet(dialect: str) -> None:
    names = {
        (record["kind"], record["name"])
        for category in ("valid", "quirks")
        for record in records(dialect, category)
    }
    if dialect == "s130_v1":  # its chip fails to answer this one
        names.add(("response", "sd_ble_user_mem_reply"))
    assert names == {(cls.kind, cls.name) for cls in Codec(dialect).message_classes()}


@pytest.mark.soak  # the base's vectors once more
@pytest.mark.parametrize("dialect", BASES)
@pytest.mark.parametrize("category", ["valid", "malformed", "tolerated", "unencodable"])
def test_a_build_of_pc_ble_driver_takes_what_it_inherits(dialect: str, category: str) -> None:
    own = packets_with_vectors(dialect)
    inherited = [
        record for record in records(dialect, category) if (record["kind"], record["name"]) not in own
    ]
    assert inherited
    run = [
        record
        for record in inherited
        # Packets that are too long for the base are not for a build with longer ones.
        if not is_accident(record, category) and group_and_name(record["name"])[0] not in ("gattc", "l2cap")
    ]
    assert [found for record in run for found in check(record, category)] == []


@each_dialect
def test_quirks_are_what_the_tables_say(dialect: str) -> None:
    codec = Codec(dialect)
    for record in records(dialect, "quirks"):
        if group_and_name(record["name"])[0] != "gatts":
            continue  # of the other groups they are documentation alone
        if longest_value(record["fields"]) > MAX_VALUE_LEN:
            _check_too_long(codec, record)
        elif "mem_block" in record["fields"] or record["name"].endswith("SC_CONFIRM"):
            # A chip sends the lent memory with every write; only the reference host does not expect it. An
            # SC_CONFIRM that a chip's encoder refuses to send is sound all the same.
            assert _decode(codec, record).to_dict() == record["fields"]
            assert _encode(codec, record).hex() == record["hex"]
        elif len(record.get("hex", "")) // 2 >= codec.dialect.max_payload:
            assert len(_encode(codec, record)) >= codec.dialect.max_payload  # the client refuses it
        else:  # a length without data that has no place on the wire
            with pytest.raises(EncodeError, match="len: must be 0 without sys_attr_data"):
                _encode(codec, record)


def _check_too_long(codec: Codec, record: dict[str, Any]) -> None:
    with pytest.raises(EncodeError, match=r"\d+ bytes are over the longest value, 512"):
        _encode(codec, record)
    if "hex" in record:
        for strict in (True, False):
            with pytest.raises(DecodeError, match=r"\d+ is over the longest value, 512 bytes"):
                _decode(Codec(codec.dialect, strict=strict), record)


def _decode(codec: Codec, record: dict[str, Any]) -> Packet:
    body = bytes.fromhex(record["hex"])
    message: Packet = getattr(codec, f"decode_{record['kind']}")(body)
    return message


def _encode(codec: Codec, record: dict[str, Any]) -> bytes:
    return codec.encode(codec.from_dict(record["kind"], record["name"], record["fields"]))


def test_a_file_that_has_no_lines_is_not_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "valid.jsonl"
    file.write_bytes(bytes(3 << 20) + b"\n{}\n")
    report = check_file(file)
    assert [mismatch.found for mismatch in report.mismatches] == ["a line of 1048576 characters or more"]
    assert (report.records, report.failed) == (1, 1)
