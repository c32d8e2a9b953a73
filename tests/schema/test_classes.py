"""Message classes are what the standard dataclass decorator would make, though most of it is inherited."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError

import pytest

from gatts_codec import HvxParams, ServiceAdd, Uuid
from gatts_codec.schema.classes import dataclass
from gatts_codec.schema.message import Message

ONE = Uuid(1)


@dataclass(frozen=True, slots=True, repr=False)
class Mine(Message):
    one: int
    two: bytes | None = None
    three: Uuid = ONE

    def __post_init__(self) -> None:
        if self.one < 0:
            raise ValueError("negative")


@dataclasses.dataclass(frozen=True, repr=False)
class Standard:
    one: int
    two: bytes | None = None
    three: Uuid = ONE


@dataclass(frozen=True, slots=True, repr=False)
class Nothing(Message):
    pass


def test_called_as_the_standard_one() -> None:
    assert str(inspect.signature(Mine)) == str(inspect.signature(Standard))
    assert (Mine(1).one, Mine(1, b"x").two, Mine(one=1, three=Uuid(2)).three) == (1, b"x", Uuid(2))
    for wrong in ((), (1, 2, 3, 4)):
        with pytest.raises(TypeError, match=r"Mine\.__init__\(\)"):
            Mine(*wrong)
    with pytest.raises(TypeError, match="unexpected keyword argument 'four'"):
        Mine(1, four=4)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="negative"):
        Mine(-1)


def test_the_signature_is_there_before_the_first_call() -> None:
    script = "import inspect, gatts_codec; print(inspect.signature(gatts_codec.ServiceAdd))"
    shown = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    assert shown.strip() == str(inspect.signature(ServiceAdd))
    assert "handle_present" in shown


def test_compared_and_hashed_by_class_and_fields() -> None:
    assert Mine(1) == Mine(1) != Mine(2)
    assert Mine(1) != Standard(1)
    assert len({Mine(1), Mine(1), Mine(2), Uuid(1)}) == 3
    assert Nothing() == Nothing()
    assert hash(Nothing()) == hash(Nothing())
    with pytest.raises(TypeError, match="unhashable"):
        hash(HvxParams(1, data={}))  # type: ignore[arg-type]


def test_frozen() -> None:
    for name in ("one", "other"):
        with pytest.raises(FrozenInstanceError, match=f"cannot assign to field '{name}'"):
            setattr(Mine(1), name, 2)
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'one'"):
        del Mine(1).one
    assert not hasattr(Mine(1), "__dict__")


def test_copied_replaced_and_pickled() -> None:
    found = Mine(1, b"x")
    for again in (copy.copy(found), copy.deepcopy(found), pickle.loads(pickle.dumps(found))):
        assert again == found
        assert type(again) is Mine
    assert dataclasses.replace(found, one=2) == Mine(2, b"x")
    assert dataclasses.asdict(Uuid(1)) == {"uuid": 1, "type": 1}
    assert pickle.loads(pickle.dumps(Nothing())) == Nothing()
    match found:
        case Mine(one, two):
            assert (one, two) == (1, b"x")


def test_a_class_below_one() -> None:
    @dataclasses.dataclass(frozen=True)
    class Wider(Mine):
        four: int = 4

    class Plain(Mine):
        pass

    assert (Wider(1).four, Wider(1) == Wider(1), Wider(1) == Mine(1)) == (4, True, False)
    assert repr(Plain(1)).startswith("Plain(one=1")


def test_another_kind_of_class_is_a_mistake() -> None:
    with pytest.raises(AssertionError):
        dataclass(frozen=False, slots=True, repr=False)
