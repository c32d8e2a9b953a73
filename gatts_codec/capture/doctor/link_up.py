"""Links that do not come up: who is not heard, and what is never answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from gatts_codec.capture.decoding.packets import PacketRecord
from gatts_codec.capture.doctor.finding import Cases, Evidence, Finding, of_record
from gatts_codec.capture.wire.chunks import TO_DEVICE, TO_HOST
from gatts_codec.framing import H5Type

_KEPT = 5  # pieces of evidence; the rest is counted
_MANY_SYNCS = 3
_CHIP_SYNCS_ANSWERED = 3  # a healthy chip needs one answer, and may have sent the next SYNC already
# pc-ble-driver sends CONFIG four times before the firmware of SDK 14 and 15 answers.
_MANY_CONFIGS, _CONFIG_TIME_US = 6, 1_500_000
_USUAL_FIELD = b"\x11"


@dataclass
class _Attempt:
    """One attempt to bring the link up."""

    host_syncs: list[Evidence] = field(default_factory=list)
    host_sync_count: int = 0
    chip_frames: int = 0
    answered: bool = False
    chip_syncs: list[Evidence] = field(default_factory=list)
    chip_sync_count: int = 0
    configs: list[Evidence] = field(default_factory=list)
    config_count: int = 0
    fields: set[bytes] = field(default_factory=set)
    chip_asked: bool = False
    last_us: int | None = None


class LinkUp:
    """Watches link control packets, attempt by attempt."""

    def __init__(self) -> None:
        self._cases = Cases()
        self._attempt = _Attempt()
        self._up = False

    def record(self, record: PacketRecord) -> None:
        """Takes a frame."""
        h5, attempt = record.h5, self._attempt
        attempt.last_us = record.frame.t_us if record.frame.t_us is not None else attempt.last_us
        if record.frame.dir == TO_HOST:
            attempt.chip_frames += 1
        if h5 is None or record.frame.dir is None:
            return
        if h5.type == H5Type.RESET:
            self._over()
        elif h5.type == H5Type.VENDOR_SPECIFIC and h5.reliable and record.frame.dir == TO_HOST:
            self._up = True
        elif h5.type == H5Type.LINK_CONTROL and h5.link is not None:
            self._control(record, h5.link, record.frame.dir == TO_DEVICE, h5.payload[2:3])

    def findings(self) -> Iterator[Finding]:
        """What was found, with the last attempt judged as far as it came."""
        self._over()
        return self._cases.findings()

    def _control(self, record: PacketRecord, link: str, from_host: bool, field_byte: bytes) -> None:
        attempt = self._attempt
        if link == "CONFIG_RSP" and not from_host:
            self._up = True
        elif link == "SYNC" and from_host:
            attempt.host_sync_count += 1
            attempt.host_syncs.append(of_record(record, "SYNC from the host"))
            del attempt.host_syncs[_KEPT:]
        elif link == "SYNC_RSP" and from_host:
            attempt.answered = True
        elif link == "SYNC" and attempt.answered:
            attempt.chip_sync_count += 1
            attempt.chip_syncs.append(of_record(record, "SYNC from the chip, after the host's SYNC_RSP"))
            del attempt.chip_syncs[_KEPT:]
        elif link == "SYNC":
            attempt.chip_asked = True
        elif link == "CONFIG" and from_host:
            attempt.config_count += 1
            attempt.configs.append(
                of_record(record, f"CONFIG from the host, field {field_byte.hex() or 'missing'}")
            )
            attempt.fields.add(field_byte)
            del attempt.configs[_KEPT:]

    def _over(self) -> None:
        """The attempt ends, or the recording does."""
        attempt, up = self._attempt, self._up
        self._attempt, self._up = _Attempt(), False
        if up:
            return
        if attempt.host_sync_count >= _MANY_SYNCS and not attempt.chip_frames:
            self._found("no device", attempt.host_syncs, attempt.host_sync_count)
        if attempt.chip_sync_count >= _CHIP_SYNCS_ANSWERED:
            self._found("host not heard", attempt.chip_syncs, attempt.chip_sync_count)
        elif self._config_unanswered(attempt):
            self._found("config unanswered", attempt.configs, attempt.config_count, why=_why(attempt))

    def _found(self, code: str, evidences: list[Evidence], count: int, **values: object) -> None:
        unseen = count - len(evidences)
        for evidence in evidences:
            self._cases.add(code, evidence, values, count=1 + unseen)
            unseen = 0

    def _config_unanswered(self, attempt: _Attempt) -> bool:
        if not attempt.configs or not attempt.chip_frames:
            return False
        start, end = attempt.configs[0].t_us, attempt.last_us
        waited = start is not None and end is not None and end - start >= _CONFIG_TIME_US
        return attempt.config_count >= _MANY_CONFIGS or waited


def _why(attempt: _Attempt) -> str:
    unusual = [field_byte.hex() or "nothing" for field_byte in attempt.fields - {_USUAL_FIELD}]
    if unusual:
        return f"the configuration field is {' and '.join(unusual)}: firmware drops every CONFIG whose field is not 11"
    if attempt.chip_asked and not attempt.answered:
        return "the host never answers the chip's SYNC, so the chip does not take its CONFIG"
    return "firmware with another configuration field, or a host that never answered the chip's SYNC"
