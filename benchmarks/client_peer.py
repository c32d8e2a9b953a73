"""The other end of the client's benchmark: a chip, in a process of its own, that answers at once.

    python -m benchmarks.client_peer FD [SECONDS]

FD is an inherited descriptor, non-blocking or not; ACKs leave so many seconds later than at once. Link control is the
library's; commands are answered with success.
"""

from __future__ import annotations

import os
import select
import sys
from time import monotonic, sleep

from gatts_codec.link.chip_link import ChipLink
from gatts_codec.link.config import ChipConfig
from gatts_codec.link.events import PacketReceived


def response_to(command: bytes) -> bytes:
    """A successful value_set of sd_api_v3 and later, its answer as long as the command."""
    return b"\x01" + command[1:2] + b"\x00\x00\x00\x00" + command[6:]


def serve(fd: int, ack_delay_s: float = 0.0) -> None:
    """Answer until the other end goes away."""
    link = ChipLink(ChipConfig())
    link.open(monotonic())
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    while True:
        data = link.data_to_send()
        if data:
            os.write(fd, data)
        due = link.next_deadline()
        poll.poll(None if due is None else max(0.0, (due - monotonic()) * 1000) + 1)
        try:
            received = os.read(fd, 65536)
        except BlockingIOError:
            received = b""
        except OSError:
            return
        now = monotonic()
        for event in link.receive_data(received, now) if received else link.tick(now):
            if isinstance(event, PacketReceived):
                sleep(ack_delay_s)
                os.write(fd, link.data_to_send())  # the ACK on its own, as firmware does
                link.send(response_to(event.payload), now)


if __name__ == "__main__":
    serve(int(sys.argv[1]), *map(float, sys.argv[2:]))
