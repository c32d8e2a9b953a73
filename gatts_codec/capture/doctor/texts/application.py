"""What the application owes its peers and the SoftDevice."""

from __future__ import annotations

from gatts_codec.capture.doctor.texts.text import Text

TEXTS: dict[str, Text] = {
    "unanswered request": Text(
        "error",
        "a peer's request on connection {conn} is not answered: {what}",
        "the peer waits for {reply}; after 30 seconds it gives the connection up",
        "call {reply} for each such event{how}",
        "the peer's request, and after 30 seconds connection {conn}",
        "the application, which never calls {reply}",
        both=True,
    ),
    "reply refused": Text(
        "error",
        "a peer's request on connection {conn} is still open: the chip refused {reply} with {result}",
        "a refused reply answers nothing: the peer goes on waiting and gives the connection up after 30 seconds; "
        "{why}",
        "{advice}",
        "the peer's request, and after 30 seconds connection {conn}",
        "the application, whose reply is not valid",
        both=True,
    ),
    "reply to a write command": Text(
        "error",
        "rw_authorize_reply for a write command is refused with {result}",
        "a write command (op WRITE_CMD) has no answer: with wr_auth it comes as WRITE with auth_required 1 and is not "
        "stored. Only write requests (WRITE_REQ) ask for authorization",
        "store it with value_set if it is welcome, and call rw_authorize_reply for RW_AUTHORIZE_REQUEST alone",
        "the reply; the written value is not stored",
        "the application",
        both=True,
    ),
    "system attributes missing": Text(
        "error",
        "connection {conn}: system attributes are missing and never set",
        "a CCCD is read or written, or a notification sent, before sys_attr_set was called for this connection",
        "call sys_attr_set when a peer connects: with what sys_attr_get gave last time, or without data",
        "notifications and CCCD accesses on connection {conn}",
        "the application, which never calls sys_attr_set",
        both=True,
    ),
    "no notification buffer": Text(
        "warning",
        "hvx finds no free buffer {count:time} ({result})",
        "notifications are queued faster than they go out over the air",
        "wait for {event} before the next hvx, or configure a longer queue",
    ),
    "hvx taken in part": Text(
        "warning",
        "hvx asks for {asked} bytes and the chip takes {taken}, {count:time}",
        "one notification or indication carries the ATT MTU less 3 bytes: {taken} with an MTU of {mtu}. The rest is "
        "not sent",
        "exchange the MTU first or cut the data; compare the length in the response with the one you asked for "
        "(the SDK's services return NRF_ERROR_DATA_SIZE for that)",
    ),
    "hvx longer than the mtu": Text(
        "warning",
        "hvx with {asked} bytes is longer than the MTU of {mtu} lets through ({room}), {count:time}",
        "one notification or indication carries the ATT MTU less 3 bytes",
        "exchange the MTU first, or cut the data",
    ),
    "not subscribed": Text(
        "warning",
        "hvx on connection {conn} fails with {result} {count:time}: the peer has not subscribed",
        "no write of 0x0001 or 0x0002 to the CCCD came on this connection, so nothing may be sent; the value is stored "
        "all "
        "the same",
        "wait for the WRITE event of the CCCD (handle {cccd}) before hvx; a peer must subscribe on each connection, "
        "unless "
        "sys_attr_set gives back what it had",
    ),
    "subscription lost": Text(
        "warning",
        "the subscription of an earlier connection is lost: hvx on connection {conn} fails with {result} "
        "{count:time}",
        "in an earlier connection the peer wrote {written} to CCCD {cccd} (frame {frame}); in this one sys_attr_set "
        "gave no "
        "data, so a bonded peer's subscription is gone and each hvx is refused",
        "keep sys_attr_get's bytes at each disconnect and give them to sys_attr_set when that peer comes back",
    ),
    "indication unconfirmed": Text(
        "warning",
        "an indication is sent before the last one was confirmed: hvx fails with {result} {count:time}",
        "only one indication may be under way; {state}",
        "wait for HVC before the next indication; if it never comes the peer did not confirm: after 30 seconds the "
        "connection times out",
    ),
    "gatt timeout": Text(
        "error",
        "connection {conn}: a GATT procedure timed out",
        "an ATT request went unanswered for 30 seconds: nothing works on this connection until it is set up again",
        "answer authorization, MTU and user memory requests; disconnect and connect again",
        "all GATT on connection {conn}",
        "the application, which did not answer",
    ),
    "peer timed out": Text(
        "note",
        "{count:GATT procedure} timed out without a request that the application owed",
        "the peer did not answer an indication or a request for 30 seconds: nothing works on that connection any "
        "more",
        "disconnect and connect again",
    ),
    "connection broke": Text(
        "warning",
        "{count:connection} broke: {reason}",
        "{why}",
        "look at range, power and the peer; lengthen the supervision timeout if it is short",
    ),
    "connection ended": Text(
        "note",
        "{count:connection} ended: {reason}",
        "{why}",
        "nothing, unless it was not meant to end",
    ),
    "enable without memory": Text(
        "error",
        "the BLE stack is not enabled: NRF_ERROR_NO_MEM",
        "the chip has no memory for what it was configured with: {what}",
        "ask for less (connections, MTU, queue lengths, attr_tab_size, vendor UUIDs), or build firmware that leaves "
        "the "
        "SoftDevice more RAM",
        "everything: without enable no BLE call works",
        "the configuration, too large for this firmware",
    ),
    "still advertising": Text(
        "warning",
        "adv_start fails with {result}: the chip still advertises for the session before",
        "advertising goes on when a program ends without adv_stop; the link was set up again, the chip was not "
        "restarted",
        "call adv_stop before the program ends, or first thing, or restart the chip by RESET where it knows that",
    ),
    "advertising goes on": Text(
        "note",
        "advertising is on when the recording ends",
        "the chip goes on with it after its host has gone, until adv_stop, a connection, a timeout or a restart",
        "call adv_stop before the program ends, or send RESET",
    ),
    "two mtus": Text(
        "warning",
        "connection {conn}: the host names two different MTUs of its own, {one} and {other}",
        "an end has one ATT MTU for both roles: what it asks for as a client and what it replies as a server must be "
        "equal, "
        "else the two ends may count with different values",
        "give the same value to exchange_mtu_request and exchange_mtu_reply, not over the configured one",
    ),
    "old handles": Text(
        "warning",
        "after the chip's restart {name} uses handle {handle} of the time before, {count:time}",
        "the restart emptied the attribute table; the handle belongs to {called} of the session before",
        "add services and characteristics again after each restart, and use the handles that come back",
    ),
    "value in the application": Text(
        "warning",
        "{name} asks for value memory in the application (vloc USER), {count:time}",
        "over serialization the application's memory is not the chip's: a value cannot live there",
        "use vloc STACK (1)",
    ),
    "request open at the end": Text(
        "note",
        "the recording ends before the reply to {what}",
        "the application had no time, or does not reply",
        "record longer to see whether the reply comes",
    ),
}
