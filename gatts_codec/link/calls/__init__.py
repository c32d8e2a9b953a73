"""The calls of both clients, one line a command: ``service_add = command(ServiceAdd)``.

Every command of every dialect is a method that returns its response; of an asyncio client, one to be awaited. Its
parameters are those of the message class, whose docstring says what each means and in which unit.

Every method raises EncodeError (before anything is sent; also where the dialect lacks the command), CommandFailed,
LinkTimeout (no ACK, or no response in time), LinkReset (the link was lost, now or since the last call), LinkClosed,
and DecodeError for a response that does not decode.
"""
