"""All rules, in no order that matters: see ``rule.py`` for what a rule is."""

from __future__ import annotations

from gatts_codec.capture.doctor.rules.calls import Failures, Restarts, Undecodable
from gatts_codec.capture.doctor.rules.connections import Advertising, Disconnects, Enabling, TwoMtus
from gatts_codec.capture.doctor.rules.delivery import Deliveries
from gatts_codec.capture.doctor.rules.host_log import HostLog
from gatts_codec.capture.doctor.rules.line import Damage, OtherChecksum, OtherProtocol
from gatts_codec.capture.doctor.rules.link_up import LinkUpRule
from gatts_codec.capture.doctor.rules.notifications import Buffers, Confirmations, Sizes, Subscriptions
from gatts_codec.capture.doctor.rules.program import Program
from gatts_codec.capture.doctor.rules.requests import Requests, SystemAttributes
from gatts_codec.capture.doctor.rules.rule import Rule
from gatts_codec.capture.doctor.rules.silence import Silence
from gatts_codec.capture.doctor.rules.tables import OldHandles, ResetNotObeyed, ValueMemory

RULES: tuple[type[Rule], ...] = (
    LinkUpRule,
    Silence,
    Deliveries,
    Restarts,
    Undecodable,
    Failures,
    Requests,
    SystemAttributes,
    Buffers,
    Sizes,
    Subscriptions,
    Confirmations,
    OldHandles,
    ResetNotObeyed,
    ValueMemory,
    Disconnects,
    Enabling,
    Advertising,
    TwoMtus,
    Damage,
    OtherChecksum,
    OtherProtocol,
    HostLog,
    Program,
)
