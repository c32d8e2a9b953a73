"""The H5 link as two tables: what each end does with each input in each state.

Two ends share one wire: the *host* (a PC) and the *chip* (connectivity firmware). They talk in frames
(``gatts_codec.framing``), agree that both are there, and then pass *packets*, payloads nothing here looks into, one at
a time in each direction, each acknowledged.

A link comes up in two handshakes. SYNC, answered by SYNC_RSP, says "I am here and know nothing". CONFIG, answered by
CONFIG_RSP, carries what an end can do; there is only one configuration, 0x11: window 1, no flow control, CRC. Then the
link is ACTIVE and both sequence numbers are 0.

In ACTIVE a packet travels as a reliable frame with a number, 0 to 7. Its receiver answers with ACK: the number it
expects *next*. Until that comes the packet goes out again, once an interval, a limited number of times. The receiver
delivers what bears the number it expects, and for anything else only repeats its ACK, so each packet is delivered once.

The two ends are not alike.

- The host begins with RESET, and is deaf until older bytes have arrived and the chip has started: firmware may take
  0.2 to 0.3 s to restart, and a link begun earlier would end with that. Then it sends SYNC. The chip begins with SYNC,
  and repeats it until SYNC_RSP comes.
- The chip ignores CONFIG until it has seen SYNC_RSP, answers the first CONFIG with a CONFIG of its own, and only the
  next with CONFIG_RSP. So a host that says SYNC, SYNC_RSP, CONFIG in one breath, and CONFIG again when it answers the
  chip's, is through in two round trips; one that waits its interval before each needs most of a second.
- Older firmware answers the first CONFIG at once, and sends its own an interval later. The host believes the link to
  be up long before the chip does, and the chip drops what comes in between. So a CONFIG in ACTIVE says that the packet
  in flight was lost.
- When nobody acknowledges, the chip reboots. The host must not go on either: if only the ACKs were lost, the chip would
  take the next packet, under the same number, for a repetition, acknowledge it and drop it. So the host begins a new
  link before it uses the number again, and so it does when an ACK shows that the ends disagree.
- SYNC in ACTIVE means to the host that the chip has restarted. To the chip it means that the host wants a new link.

What is not in the tables:

- *Frames.* Cutting bytes into frames, checksums and CRC are the decoder's; the tables know BAD_FRAME, and the answer to
  it is silence: the peer's retransmission repairs it.
- *Numbers.* Which input an ACK or a packet is (ACK_NEXT, PACKET_OTHER ..) depends on the two counters, which are not
  states: ``LinkEnd`` compares, the tables decide.
- *Whether a packet is acceptable.* The chip takes only packets with a CRC and up to its maximum, and a CONFIG with the
  field 0x11; the host takes more. Firmware up to SDK 14 has no RESET. What an end does not take is OTHER.
- *A deaf chip.* Firmware's deframer drops everything behind a damaged byte that reads DB until DC or DD comes. So
  whatever the host says again, or says to begin, has ``slip.RELEASE`` before it: ``HostLink`` sees to that.
- *The queue.* SEND while a packet is in flight queues; after the ACK the queue says SEND again.
- *Time.* Deadlines are numbers handed in; the tables know TIMEOUT, and LAST_TIMEOUT when no transmission is left.
- *Restarting.* The host's actions whose name begins with ``relink`` lead to CLOSED and then give the input that
  opens; so does ``give_up_sync``, with RESET, where a link was begun without it and nothing was heard: SYNC can wreck a
  chip whose packet nobody has acknowledged, and then only RESET revives it.
- *Responses.* That a command is answered, in time and by the right opcode, is the caller's business. A response can
  arrive before the ACK of its command, or so late that its caller has gone.

The machine of either end is driven in the same way, and never reads a clock, a port or a lock itself:

    link = HostLink(HostConfig(baud=1_000_000))         # or ChipLink(ChipConfig())
    events = link.open(now)                             # now: any clock that never goes back, in seconds
    while ..:
        port.write(link.data_to_send())                 # before anything is done with the events
        data = port.read(until=link.next_deadline())    # None: nothing to wait for but data
        events = link.receive_data(data, now) if data else link.tick(now)
    link.send(payload, now)                             # once LinkUp was among the events
    link.close(now)

Events are in ``gatts_codec.link.events``. Methods: ``open``, ``close``, ``receive_data`` and ``tick`` return events;
``send`` raises LinkError when the link is not up or its queue is full, EncodeError for a payload over the maximum;
``data_to_send`` hands out each byte once; ``reboot`` is the chip's. ``state``, ``is_up`` and ``waiting`` may be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, auto


class Input(IntEnum):
    """What can happen to an end."""

    # from this end's user
    OPEN = 0
    OPEN_WITHOUT_RESET = auto()
    CLOSE = auto()
    REBOOT = auto()
    SEND = auto()
    # from the clock
    TIMEOUT = auto()
    LAST_TIMEOUT = auto()
    # from the peer
    BAD_FRAME = auto()
    RESET = auto()
    SYNC = auto()
    SYNC_RSP = auto()
    CONFIG = auto()
    CONFIG_RSP = auto()
    ACK_NEXT = auto()  # acknowledges the packet in flight
    ACK_SAME = auto()  # the peer still expects the packet in flight, or the next one to be sent
    ACK_OTHER = auto()  # any other number
    PACKET_NEXT = auto()  # bears the number expected
    PACKET_OTHER = auto()  # bears another: repeated, or one was lost
    OTHER = auto()  # good frames that mean nothing to this end


class HostState(IntEnum):
    """Where the host's end stands."""

    CLOSED = 0  # no link, and none is wanted
    DEAF = auto()  # RESET is out: what comes was sent before it, and the chip gets time to start
    UNINITIALIZED = auto()  # SYNC goes out until SYNC_RSP comes
    INITIALIZED = auto()  # CONFIG goes out until CONFIG_RSP comes
    ACTIVE = auto()  # nothing in flight
    AWAITING_ACK = auto()  # one packet in flight


class ChipState(IntEnum):
    """Where the chip's end stands."""

    CLOSED = 0  # not powered
    UNINITIALIZED = auto()  # SYNC goes out until SYNC_RSP comes
    INITIALIZED = auto()  # waits for the host's first CONFIG
    CONFIG_SENT = auto()  # has answered it with its own, which goes out until CONFIG_RSP comes
    CONFIG_ANSWERED = auto()  # the host has its CONFIG_RSP; the chip's own CONFIG still goes out
    CONFIG_ACCEPTED = auto()  # the chip has its CONFIG_RSP; the host still has to ask for its own
    ACTIVE = auto()  # nothing in flight
    AWAITING_ACK = auto()  # one packet in flight


# What to do, and which state follows; an action alone leaves the state as it is.
Transitions = Mapping[Input, str | tuple[str, IntEnum]]
TransitionTable = Mapping[IntEnum, Mapping[Input, tuple[str, IntEnum]]]

# Good frames at the wrong time, deadlines that no longer matter: noted, and nothing else.
IGNORE = "ignore"


def _table(
    states: type[IntEnum], everywhere: Transitions, rows: Mapping[IntEnum, Transitions]
) -> TransitionTable:
    """Every pair filled in: by the state's own row, else by ``everywhere`` (all states but CLOSED), else ignored."""
    table = {}
    for state in states:
        row = {**dict.fromkeys(Input, IGNORE), **(everywhere if state else {}), **rows[state]}
        table[state] = {what: (then, state) if isinstance(then, str) else then for what, then in row.items()}
    return table


HOST = _table(
    HostState,
    everywhere={
        Input.CLOSE: ("close", HostState.CLOSED),
        Input.BAD_FRAME: "reject",
    },
    rows={
        HostState.CLOSED: {
            Input.OPEN: ("send_reset", HostState.DEAF),
            Input.OPEN_WITHOUT_RESET: ("send_sync_without_reset", HostState.UNINITIALIZED),
        },
        HostState.DEAF: {
            Input.TIMEOUT: ("listen_and_send_sync", HostState.UNINITIALIZED),
        },
        HostState.UNINITIALIZED: {
            Input.SYNC: "answer_sync_and_ask",
            Input.SYNC_RSP: ("send_config", HostState.INITIALIZED),
            Input.TIMEOUT: "repeat_sync",
            Input.LAST_TIMEOUT: ("give_up_sync", HostState.CLOSED),
        },
        HostState.INITIALIZED: {
            Input.SYNC: "answer_sync_and_ask",
            Input.CONFIG: "answer_config_and_ask",
            Input.CONFIG_RSP: ("become_active", HostState.ACTIVE),
            Input.TIMEOUT: "repeat_config",
            Input.LAST_TIMEOUT: ("give_up_config", HostState.CLOSED),
        },
        HostState.ACTIVE: {
            Input.SEND: ("transmit", HostState.AWAITING_ACK),
            Input.PACKET_NEXT: "deliver",
            Input.PACKET_OTHER: "repeat_ack",
            Input.CONFIG: "answer_config",
            Input.SYNC: ("relink_after_restart", HostState.CLOSED),
        },
        HostState.AWAITING_ACK: {
            Input.SEND: "queue",
            Input.ACK_NEXT: ("finish", HostState.ACTIVE),
            Input.ACK_OTHER: ("relink_after_mismatch", HostState.CLOSED),
            Input.TIMEOUT: "retransmit",
            Input.LAST_TIMEOUT: ("relink_after_silence", HostState.CLOSED),
            Input.PACKET_NEXT: "deliver_before_ack",
            Input.PACKET_OTHER: "repeat_ack",
            Input.CONFIG: "answer_config_and_repeat_packet",
            Input.SYNC: ("relink_after_restart", HostState.CLOSED),
        },
    },
)

CHIP = _table(
    ChipState,
    everywhere={
        Input.CLOSE: ("close", ChipState.CLOSED),
        Input.REBOOT: ("reboot", ChipState.UNINITIALIZED),
        Input.BAD_FRAME: "reject",
        Input.RESET: ("reboot_by_reset", ChipState.UNINITIALIZED),
        Input.SYNC: "answer_sync",
    },
    rows={
        ChipState.CLOSED: {
            Input.OPEN: ("boot", ChipState.UNINITIALIZED),
        },
        ChipState.UNINITIALIZED: {
            Input.SYNC_RSP: ("await_config", ChipState.INITIALIZED),
            Input.TIMEOUT: "send_sync",
        },
        ChipState.INITIALIZED: {
            Input.CONFIG: ("send_config", ChipState.CONFIG_SENT),
        },
        ChipState.CONFIG_SENT: {
            Input.CONFIG: ("answer_config", ChipState.CONFIG_ANSWERED),
            Input.CONFIG_RSP: ("await_config", ChipState.CONFIG_ACCEPTED),
            Input.TIMEOUT: "send_config",
        },
        ChipState.CONFIG_ANSWERED: {
            Input.CONFIG: "answer_config",
            Input.CONFIG_RSP: ("become_active", ChipState.ACTIVE),
            Input.TIMEOUT: "send_config",
        },
        ChipState.CONFIG_ACCEPTED: {
            Input.CONFIG: ("answer_config_and_become_active", ChipState.ACTIVE),
        },
        ChipState.ACTIVE: {
            Input.SEND: ("transmit", ChipState.AWAITING_ACK),
            Input.PACKET_NEXT: "deliver",
            Input.PACKET_OTHER: "repeat_ack",
            Input.CONFIG: "answer_config",
            Input.SYNC: ("relink_after_sync", ChipState.UNINITIALIZED),
        },
        ChipState.AWAITING_ACK: {
            Input.SEND: "queue",
            Input.ACK_NEXT: ("finish", ChipState.ACTIVE),
            Input.TIMEOUT: "retransmit",
            Input.LAST_TIMEOUT: ("reboot_after_silence", ChipState.UNINITIALIZED),
            Input.PACKET_NEXT: "deliver_before_ack",
            Input.PACKET_OTHER: "repeat_ack",
            Input.CONFIG: "answer_config",
            Input.SYNC: ("relink_after_sync", ChipState.UNINITIALIZED),
        },
    },
)

# Firmware up to SDK 15.0: the host's CONFIG is answered at once, the chip's own goes out an interval after SYNC_RSP.
OLD_CHIP: TransitionTable = {
    **CHIP,
    ChipState.UNINITIALIZED: {
        **CHIP[ChipState.UNINITIALIZED],
        Input.SYNC_RSP: ("await_config_or_ask", ChipState.INITIALIZED),
    },
    ChipState.INITIALIZED: {
        **CHIP[ChipState.INITIALIZED],
        Input.CONFIG: ("answer_config", ChipState.CONFIG_ANSWERED),
        Input.TIMEOUT: ("send_config", ChipState.CONFIG_SENT),
    },
}
