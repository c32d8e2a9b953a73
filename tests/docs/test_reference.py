"""The API reference: every public name stands in it, once, and nothing else does."""

from __future__ import annotations

import re
from collections import Counter
from importlib import import_module
from pathlib import Path

from public_names import PUBLIC

from tools.site.group_pages import pages

PAGES = Path(__file__).parents[2] / "docs" / "reference" / "api"
# Module names, and what the pages of ``gatts_codec`` and ``gatts_codec.link`` share.
ELSEWHERE = {"__version__", "common", "gap", "gattc", "l2cap", "plans", "cobs", "h5", "length", "slip"}
MODULES = {
    "gatts_codec.capture",
    *(f"gatts_codec.framing.{name}" for name in ("cobs", "h5", "length", "slip")),
}


def listed() -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for text in [*(page.read_text("utf-8") for page in PAGES.glob("*.md")), *pages().values()]:
        for path in re.findall(r"^::: (\S+)$", text, re.MULTILINE):
            package, _, name = path.rpartition(".")
            if path not in MODULES:
                found[package, name] += 1
    return found


def test_it_lists_public_names_alone_each_once() -> None:
    for (package, name), count in listed().items():
        assert name in import_module(package).__all__, f"{package}.{name} is not public"
        assert count == 1, f"{package}.{name} stands there {count} times"


def test_it_lists_every_public_name() -> None:
    shown = {id(getattr(import_module(package), name)) for package, name in listed()}
    names = {name for _, name in listed()}
    for package in PUBLIC:
        module = import_module(package)
        missing = {
            name
            for name in module.__all__
            if name not in ELSEWHERE | names and id(getattr(module, name)) not in shown
        }
        assert missing == set()
