"""One line a call: what was asked, what came back, how long it took, how often it was sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gatts_codec.capture.calls.deliveries import Delivery, GivenUp, LinkChange, Oddity
from gatts_codec.capture.calls.exchanges import Exchange
from gatts_codec.capture.calls.session import Call, EventSeen, Happening
from gatts_codec.capture.decoding.describe import Describer, packet_name
from gatts_codec.capture.decoding.packets import packet_fields
from gatts_codec.capture.wire.clock import spoken

Part = tuple[str, str]  # text and rich style
HEADER = f"{'frame':>5} {'time':>15} {'call':23}{'response':>9} {'ACK':>9} sent"
_STYLES = {"open": "yellow", "reset": "yellow", "no ack": "bold red", "no response": "bold red"}


def call_parts(happening: Happening, describer: Describer) -> tuple[list[Part], list[Part]] | None:
    """The head and the tail of a happening's line; None for those that have none."""
    if isinstance(happening, Call):
        head = _head(happening.command, packet_name(happening.command.packet, describer.dialect))
        latencies = f"{duration(happening.response_us):>9} {duration(happening.ack_us):>9}"
        times = f"{latencies} {happening.command.attempts:3}x  "
        return [*head, (times, "yellow" if happening.retries else "dim")], list(_call(happening, describer))
    if isinstance(happening, EventSeen):
        delivery = happening.delivery
        head = _head(delivery, packet_name(delivery.packet, describer.dialect), "bold magenta")
        return [*head, (f"{'':19} {delivery.attempts:3}x  ", "dim")], list(_details(delivery, describer))
    if isinstance(happening, Exchange):
        return _exchange(happening)
    if isinstance(happening, (LinkChange, Oddity)):
        style = "blue" if isinstance(happening, LinkChange) else "yellow"
        frame = happening.record.frame
        said = (
            f"link: {happening.what}"
            if isinstance(happening, LinkChange)
            else f"{happening.code} {happening.detail}"
        )
        return [(f"{frame.number:5} {spoken(frame.t_us):>15} ", "dim")], [(said, style)]
    return None


def call_dict(happening: Happening) -> dict[str, Any] | None:
    """A call or event as plain JSON values; None for other happenings."""
    if isinstance(happening, Call):
        return _call_dict(happening)
    if isinstance(happening, EventSeen):
        return {**_delivery_dict(happening.delivery), "attempts": happening.delivery.attempts}
    if isinstance(happening, Exchange):
        return _exchange_dict(happening)
    if isinstance(happening, GivenUp):
        return None
    frame = happening.record.frame
    name = happening.what if isinstance(happening, LinkChange) else happening.code
    return {"frame": frame.number, "t_us": frame.t_us, "kind": "link", "name": name}


def _delivery_dict(delivery: Delivery) -> dict[str, Any]:
    first = delivery.first
    return {"frame": first.frame, "t_us": first.t_us, **packet_fields(delivery.packet)}


def _call_dict(call: Call) -> dict[str, Any]:
    response = call.response
    return {
        **_delivery_dict(call.command),
        "outcome": call.outcome,
        "result": call.result,
        "response": packet_fields(response.packet)["fields"] if response else None,
        "response_frame": response.first.frame if response else None,
        "response_us": call.response_us,
        "ack_us": call.ack_us,
        "attempts": call.command.attempts,
    }


def _exchange_dict(exchange: Exchange) -> dict[str, Any]:
    opened, closed = exchange.opened.first, exchange.closed
    return {
        "frame": opened.frame,
        "t_us": opened.t_us,
        "kind": "exchange",
        "name": exchange.kind,
        "conn_handle": exchange.conn_handle,
        "closed_frame": closed.first.frame if closed else None,
        "latency_us": exchange.latency_us,
        "unanswered": exchange.why or None,
    }


def duration(time_us: int | None) -> str:
    """A latency as a person reads it."""
    if time_us is None:
        return "-"
    if abs(time_us) < 10_000:
        return f"{time_us} us"
    return f"{time_us / 1000:.1f} ms" if abs(time_us) < 10_000_000 else f"{time_us / 1_000_000:.1f} s"


def _head(delivery: Delivery, name: str, style: str = "bold cyan") -> list[Part]:
    first = delivery.first
    return [(f"{first.frame:5} {spoken(first.t_us):>15} ", "dim"), (f"{name:22} ", style)]


def _exchange(exchange: Exchange) -> tuple[list[Part], list[Part]]:
    what = (
        f"{exchange.kind} on connection {exchange.conn_handle}, opened in frame {exchange.opened.first.frame}"
    )
    if exchange.closed is None:
        return [(f"{'':22}", "")], [(f"{what}, never closed: {exchange.why}", "yellow")]
    first = exchange.closed.first
    head = [(f"{first.frame:5} {spoken(first.t_us):>15} ", "dim")]
    return head, [(f"{what}, closed after {duration(exchange.latency_us)}", "dim")]


def _call(call: Call, describer: Describer) -> Iterator[Part]:
    result, reply = call.result, call.reply
    if call.outcome != "answered":
        yield call.outcome.upper(), _STYLES.get(call.outcome, "dim")
    elif result is None:
        yield "RESPONSE DOES NOT DECODE", "bold red"
    else:
        yield describer.result(result), "red" if result else "green"
    yield from _details(call.command, describer)
    if reply is not None and (details := describer.details(reply)):
        yield "  =>", "dim"
        for label, text in details:
            yield f" {label}=", "dim"
            yield text, ""


def _details(delivery: Delivery, describer: Describer) -> Iterator[Part]:
    message, error = delivery.packet.message, delivery.packet.error
    if message is None:
        yield f" DOES NOT DECODE: {error.reason if error else ''}", "bold red"
        return
    for label, text in describer.details(message):
        yield f" {label}=", "dim"
        yield text, ""
