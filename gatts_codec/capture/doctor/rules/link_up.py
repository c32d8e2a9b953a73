"""Links that do not come up: who is not heard, and what is never answered."""

from __future__ import annotations

from dataclasses import dataclass, field

from gatts_codec.capture.decoding.packets import PacketRecord
from gatts_codec.capture.doctor.finding import Evidence, of_record
from gatts_codec.capture.doctor.rules.rule import Rule
from gatts_codec.capture.doctor.scene import Scene
from gatts_codec.capture.wire.chunks import TO_DEVICE, TO_HOST
from gatts_codec.framing import H5Type
from gatts_codec.framing.h5 import CONFIG_FIELD

_KEPT = 5  # pieces of evidence; the rest is counted
_MANY_SYNCS = 3
_CHIP_SYNCS_ANSWERED = 3  # a healthy chip needs one answer, and may have sent the next SYNC already
# pc-ble-driver sends CONFIG four times before the firmware of SDK 14 and 15 answers.
_MANY_CONFIGS, _CONFIG_TIME_US = 6, 1_500_000


@dataclass
class _Attempt:
    """One attempt to bring the link up."""

    host_syncs: list[Evidence] = field(default_factory=list)
    host_sync_count: int = 0
    chip_frames: int = 0
    answered: bool = False
    chip_waits: bool = False
    chip_syncs: list[Evidence] = field(default_factory=list)
    chip_sync_count: int = 0
    configs: list[Evidence] = field(default_factory=list)
    config_count: int = 0
    fields: set[bytes] = field(default_factory=set)
    chip_asked: bool = False
    rsp_sent: bool = False
    last_us: int | None = None


class LinkUpRule(Rule):
    """Watches link control packets, attempt by attempt."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._attempt = _Attempt()
        self._up = False
        self._heard: int | None = None  # the chip's last frame before this attempt

    def record(self, record: PacketRecord) -> None:
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

    def end(self) -> None:
        self._over()

    def _control(self, record: PacketRecord, link: str, from_host: bool, field_byte: bytes) -> None:
        attempt = self._attempt
        if link == "CONFIG_RSP" and not from_host:
            self._up = True
        elif link == "SYNC" and from_host:
            attempt.host_sync_count += 1
            attempt.host_syncs.append(of_record(record, "SYNC from the host"))
            del attempt.host_syncs[_KEPT:]
        elif link == "SYNC_RSP" and from_host:
            # Only what answers a SYNC counts: a host that has gone answered none of those that come now.
            attempt.answered, attempt.chip_waits = attempt.chip_waits or attempt.answered, False
            attempt.rsp_sent = True
        elif link == "SYNC":
            self._chip_sync(record)
        elif link == "CONFIG" and from_host:
            attempt.config_count += 1
            attempt.configs.append(
                of_record(record, f"CONFIG from the host, field {field_byte.hex() or 'missing'}")
            )
            attempt.fields.add(field_byte)
            del attempt.configs[_KEPT:]

    def _chip_sync(self, record: PacketRecord) -> None:
        attempt = self._attempt
        attempt.chip_asked = attempt.chip_waits = True
        if attempt.answered:
            attempt.answered = False
            attempt.chip_sync_count += 1
            attempt.chip_syncs.append(of_record(record, "SYNC from the chip, after the host's SYNC_RSP"))
            del attempt.chip_syncs[_KEPT:]

    def _over(self) -> None:
        """The attempt ends, or the recording does."""
        attempt, up = self._attempt, self._up
        self._attempt, self._up = _Attempt(), False
        heard, self._heard = self._heard, self.scene.last_number(TO_HOST)
        if up:
            return
        if attempt.host_sync_count >= _MANY_SYNCS and not attempt.chip_frames:
            code = "no device" if heard is None else "chip answers no more"
            self._found(code, attempt.host_syncs, attempt.host_sync_count, last=heard)
        if attempt.chip_sync_count >= _CHIP_SYNCS_ANSWERED:
            self._found("host not heard", attempt.chip_syncs, attempt.chip_sync_count)
        elif self._config_unanswered(attempt):
            why, whose = _why(attempt)
            self._found("config unanswered", attempt.configs, attempt.config_count, why=why, whose=whose)

    def _found(self, code: str, evidences: list[Evidence], count: int, **values: object) -> None:
        unseen = count - len(evidences)
        for evidence in evidences:
            self.cases.add(code, evidence, values, count=1 + unseen)
            unseen = 0

    def _config_unanswered(self, attempt: _Attempt) -> bool:
        if not attempt.configs or not attempt.chip_frames:
            return False
        start, end = attempt.configs[0].t_us, attempt.last_us
        waited = start is not None and end is not None and end - start >= _CONFIG_TIME_US
        return attempt.config_count >= _MANY_CONFIGS or waited


def _why(attempt: _Attempt) -> tuple[str, str]:
    """Why a CONFIG is not answered, and whose fault that is."""
    unusual = [field_byte.hex() or "nothing" for field_byte in attempt.fields - {CONFIG_FIELD}]
    if unusual:
        said = f"the configuration field is {' and '.join(unusual)}: firmware drops every CONFIG whose field is not 11"
        return said, "the host"
    if attempt.chip_asked and not attempt.rsp_sent:
        return "the host never answers the chip's SYNC, so the chip does not take its CONFIG", "the host"
    said = "firmware with another configuration field, or a host that never answered the chip's SYNC"
    return said, "the firmware, or a host that does not answer it"
