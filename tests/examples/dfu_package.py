"""Packages of Secure DFU, made here from the documented layout: a zip with manifest, init packet and image."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZipFile


def image_of(size: int) -> bytes:
    return Random(size).randbytes(size)


def package(path: Path, image: bytes, **fields: Any) -> Path:
    """An unsigned package; ``fields`` are those of the init command that are to be other than right."""
    init = init_command(image, **fields)
    return write(path, _bytes(1, _number(1, 1) + _bytes(2, init)), image)


def signed_package(path: Path, image: bytes, sign: Any) -> Path:
    """``sign`` makes R and S, 32 bytes each with the least first, of the init command."""
    init = init_command(image)
    signed = _bytes(1, _number(1, 1) + _bytes(2, init)) + _number(2, 0) + _bytes(3, sign(init))
    return write(path, _bytes(2, signed), image)


def init_command(
    image: bytes, *, fw_version: int = 1, hw_version: int = 52, sd_req: int = 0xFFFE, digest: bytes = b""
) -> bytes:
    digest = digest or sha256(image).digest()
    return b"".join(
        [
            _number(1, fw_version),
            _number(2, hw_version),
            _bytes(3, _varint(sd_req)),
            _number(4, 0),
            _number(5, 0),
            _number(6, 0),
            _number(7, len(image)),
            _bytes(8, _number(1, 3) + _bytes(2, digest[::-1])),
            _number(9, 0),
        ]
    )


def write(path: Path, init: bytes, image: bytes) -> Path:
    files = {"bin_file": "app.bin", "dat_file": "app.dat"}
    with ZipFile(path, "w") as packed:
        packed.writestr("manifest.json", json.dumps({"manifest": {"application": files}}))
        packed.writestr("app.bin", image)
        packed.writestr("app.dat", init)
    return path


def _varint(number: int) -> bytes:
    parts = []
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value
