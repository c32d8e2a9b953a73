"""Reports of recordings, as files and as the data that they carry."""

from __future__ import annotations

import base64
import io
import json
import re
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gatts_codec.capture import Item, PacketDecoder
from gatts_codec.capture.recording import open_recording
from gatts_codec.capture.writers.html import HtmlWriter

CAPTURES = Path(__file__).parents[2] / "captures"
SCRIPTED = CAPTURES / "scripted_chip" / "sd_api_v5"
FIRMWARE = CAPTURES / "real_firmware" / "sd_api_v5"


def report(items: Iterable[Item], title: str = "recording", dialect: str = "sd_api_v5") -> str:
    """The page of some items."""
    page = io.StringIO()
    writer = HtmlWriter(page, PacketDecoder(dialect), title=title, about=("a test",))
    for item in items:
        writer.write(item)
    writer.close()
    return page.getvalue()


def report_of(recording: Path, dialect: str = "sd_api_v5") -> str:
    """The page of a recording."""
    with open_recording(recording) as opened:
        return report(opened.items, recording.name, dialect)


def packed(page: str, id: str) -> Any:
    """What a script element of the page carries."""
    (text,) = re.findall(rf'<script type="application/octet-stream" id="{id}">([^<]*)</script>', page)
    return json.loads(zlib.decompress(base64.b64decode(text)))


def data_of(page: str) -> dict[str, Any]:
    """All but the bytes."""
    data: dict[str, Any] = packed(page, "report-data")
    return data


def fields_of(page: str) -> list[list[list[Any]]]:
    """The annotated bytes of every frame."""
    count = len(re.findall('id="report-block-', page))
    return [fields for number in range(count) for fields in packed(page, f"report-block-{number}")]
