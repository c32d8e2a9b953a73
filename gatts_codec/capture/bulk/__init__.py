"""Recordings of any size to columns: the table of packets in Arrow and Parquet.

    rows.py      what every column means: a row at a time
    table.py     the table's schema
    chunks.py    lines to chunks      |
    frames.py    chunks to frames     | a block of some megabytes at once, by Arrow and numpy
    headers.py   frames to packets    |
    packets.py   packets to columns   |

What is not certain at once is done alone by the decoders that `gatts-codec decode` uses, so both say the same.
"""
