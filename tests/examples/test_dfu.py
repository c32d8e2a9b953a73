"""examples/dfu.py sends packages to a virtual target, over lines and links that fail, and says why a target refuses."""

from __future__ import annotations

import asyncio
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from examples.dfu_package import image_of, package, signed_package

from gatts_codec import aconnect
from gatts_codec.device import Air, ChipFarm, DfuTarget, TargetConfig, VirtualChip
from gatts_codec.packets.gap.connect import Disconnect

EXAMPLE = runpy.run_path(str(Path(__file__).parent.parent.parent / "examples" / "dfu.py"))
DfuError, update = EXAMPLE["DfuError"], EXAMPLE["update"]
SMALL, LARGE = 6_000, 200 * 1024
FAULTS = [f"{what}-{of}=1%" for what in ("drop", "corrupt") for of in ("ack", "response", "event")]


def sent(
    path: Path,
    *,
    target: DfuTarget | None = None,
    dialect: str = "sd_api_v6",
    faults: list[str] | None = None,
    progressed: Callable[[int, int], object] = lambda done, of: None,
) -> DfuTarget:
    """What the target has afterwards."""
    target = target or DfuTarget()

    async def send() -> None:
        air = Air()
        farm = ChipFarm(lambda: air.add(VirtualChip(dialect, faults=tuple(faults or ()))))
        async with farm, await aconnect(farm.open_memory(), dialect, timeout_s=30) as sd:
            air.host(farm.chips[0], target)
            size: Any = {"att_mtu": 247, "write_cmd_tx_queue_size": 8} if sd.dialect.api >= 4 else {}
            await sd.start(central_role_count=1, **size)
            await update(sd, str(path), progressed)

    asyncio.run(send())
    return target


@pytest.mark.parametrize("dialect", ["sd_api_v2_pc", "sd_api_v5", "sd_api_v5_pc", "sd_api_v7"])
def test_an_image_arrives_and_is_what_it_should_be(dialect: str, tmp_path: Path) -> None:
    image = image_of(SMALL)
    target = sent(package(tmp_path / "app.zip", image), dialect=dialect)
    assert target.objects.complete
    assert target.objects.image == image


def test_a_lost_link_does_not_lose_what_has_come(tmp_path: Path) -> None:
    target, seen = DfuTarget(), list[int]()

    def lose(done: int, of: int) -> None:
        seen.append(done)
        if len(seen) == 1:
            target.call(Disconnect(target.conn or 0))

    sent(package(tmp_path / "app.zip", image_of(SMALL)), target=target, progressed=lose)
    assert target.objects.complete
    assert seen == [4096, SMALL]


@pytest.mark.soak
def test_200_kb_over_a_bad_line_and_a_lost_link(tmp_path: Path) -> None:
    target, seen, image = DfuTarget(), list[int](), image_of(LARGE)

    def lose(done: int, of: int) -> None:
        seen.append(done)
        if len(seen) == 25:
            target.call(Disconnect(target.conn or 0))

    sent(package(tmp_path / "app.zip", image), target=target, faults=FAULTS, progressed=lose)
    assert target.objects.complete
    assert target.objects.image == image


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"hw_version": 51}, "extended error 0x06: the hardware version"),
        ({"sd_req": 0x0101}, "extended error 0x07: the SoftDevice version"),
        ({"fw_version": 0}, "extended error 0x05: the firmware version"),
        ({"digest": bytes(32)}, "extended error 0x0C: the hash of the image received"),
    ],
)
def test_why_a_target_refuses(wrong: dict[str, Any], words: str, tmp_path: Path) -> None:
    target = DfuTarget(TargetConfig(fw_version=1))
    with pytest.raises(DfuError, match=words):
        sent(package(tmp_path / "app.zip", image_of(1000), **wrong), target=target)
    assert not target.objects.complete


def test_a_target_with_a_key_takes_what_was_signed_with_it(tmp_path: Path) -> None:
    pytest.importorskip("cryptography")
    from cryptography.hazmat.primitives.asymmetric import ec, utils
    from cryptography.hazmat.primitives.hashes import SHA256

    key, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    point = key.public_key().public_numbers()
    public = b"".join(part.to_bytes(32, "little") for part in (point.x, point.y))

    def signer(private: Any) -> Callable[[bytes], bytes]:
        def sign(data: bytes) -> bytes:
            pair = utils.decode_dss_signature(private.sign(data, ec.ECDSA(SHA256())))
            return b"".join(part.to_bytes(32, "little") for part in pair)

        return sign

    image, path = image_of(1000), tmp_path / "app.zip"
    config = TargetConfig(public_key=public)
    assert sent(signed_package(path, image, signer(key)), target=DfuTarget(config)).objects.complete
    with pytest.raises(DfuError, match="its signature or boot validation is wrong"):
        sent(signed_package(path, image, signer(other)), target=DfuTarget(config))
    with pytest.raises(DfuError, match="the signature is missing"):
        sent(package(path, image), target=DfuTarget(config))
