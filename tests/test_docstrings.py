"""The docstrings of the public names: they exist, give each field its size and source, and name what is raised."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

from every import every
from public_names import Callable, inner_callables, public_callables, public_objects, raised
from schema.field_sizes import records, sizes

import gatts_codec
from gatts_codec import Client, LinkError
from gatts_codec.constants.table import group_and_name
from gatts_codec.device import Peer
from gatts_codec.framing import slip
from gatts_codec.packets.opaque import Opaque
from gatts_codec.packets.response import ResultAlone
from gatts_codec.schema.docstrings import layout_table
from gatts_codec.schema.field_types import field_types
from gatts_codec.schema.message import Message, Packet

ROOT = Path(__file__).parents[1]
PACKAGE = Path(gatts_codec.__file__).parent
_SOURCE = re.compile(r"`(specs/[\w/]+\.toml)`")
MESSAGES = sorted((cls for cls in records()), key=lambda cls: cls.__name__)
each_message = every("cls", MESSAGES, ids=lambda cls: cls.__name__)


@each_message
def test_a_message_has_its_layout_in_the_order_of_the_wire(cls: type[Message]) -> None:
    assert [(name, size) for name, (size, _) in layout_table(cls).items()] == list(sizes(cls).items())


@each_message
def test_a_message_says_what_none_means(cls: type[Message]) -> None:
    table = layout_table(cls)
    silent = [
        name for name, field in field_types(cls).items() if field.nullable and "None" not in table[name][1]
    ]
    assert silent == []


@each_message
def test_a_message_names_the_table_it_comes_from(cls: type[Message]) -> None:
    if issubclass(cls, ResultAlone):
        return  # the command beside it does
    sources = _SOURCE.findall(str(cls.__doc__))
    assert sources
    assert [source for source in sources if not (ROOT / source).is_file()] == []
    if issubclass(cls, Packet):
        group, name = group_and_name(cls.name)
        event = "_event" * (cls.kind == "event")
        assert f"specs/{group}/{name}{event}.toml" in sources


def test_opaque_names_its_fields() -> None:
    text = str(Opaque.__doc__)
    assert [name for name in field_types(Opaque) if f"{name}  " not in text] == []


@every("name, value", public_objects().items(), ids=lambda case: case[0])
def test_what_is_public_is_documented(name: str, value: Any) -> None:
    assert value.__doc__
    # What dataclasses and named tuples write.
    assert not value.__doc__.startswith(f"{name.rpartition('.')[2]}(")


each_callable = every("it", public_callables(), ids=lambda it: it.name)


@each_callable
def test_a_method_is_documented(it: Callable) -> None:
    assert it.function.__doc__ or it.name.endswith(".__init__")  # the class speaks for that


@each_callable
def test_what_is_raised_is_named(it: Callable) -> None:
    assert {error for error in raised(it.function, it.owner) if error not in it.text} == set()


def test_what_is_raised_is_named_inside_too() -> None:
    silent = {
        f"{it.name}: {error}"
        for it in inner_callables()
        for error in raised(it.function, it.owner)
        if error not in it.text
    }
    assert silent == set()


def test_the_search_for_what_is_raised_finds_it() -> None:
    assert raised(Peer.encrypt, Peer) == {"PeerError"}  # itself
    assert raised(slip.decode, None) == {"FramingError"}
    assert raised(slip.unescape, None) == {"FramingError"}  # by a helper that returns the error
    assert raised(Client.call, Client) == {"CommandFailed"}  # by a private method, and a helper elsewhere
    assert sum(bool(raised(it.function, it.owner)) for it in public_callables()) > 50


def test_link_errors_say_every_stage_that_there_is() -> None:
    source = "\n".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    used = set(re.findall(r"\bstage=\"(\w+)\"|\b_stage = \"(\w+)\"", source))
    told = set(re.findall(r"^    (\w+)  +\S", str(inspect.getdoc(LinkError)), re.MULTILINE))
    assert {first or second for first, second in used} == told
