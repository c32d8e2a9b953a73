"""The tag of a configuration, given beside the structure that it goes into."""

from __future__ import annotations

import pytest

from gatts_codec import Codec, EncodeError
from gatts_codec.common import AttrTabSizeCfg, CfgSet, ConnGatt


def test_a_tag_beside_the_structure_goes_into_it() -> None:
    # As a golden vector of sd_api_v5 has it: tag 1, ATT MTU 247.
    said = CfgSet(ConnGatt(247), conn_cfg_tag=1)
    assert Codec("sd_api_v5").encode(said) == bytes.fromhex("69 23000000 01 01 f700")


def test_what_is_no_configuration_of_connections_has_no_tag() -> None:
    with pytest.raises(EncodeError, match="only configurations of connections have a tag") as caught:
        CfgSet(AttrTabSizeCfg(1408), conn_cfg_tag=1)
    assert caught.value.path == "conn_cfg_tag"


def test_fields_that_are_no_mapping_are_refused() -> None:
    with pytest.raises(EncodeError):
        Codec("sd_api_v5").from_dict("command", "cfg_set", ["att_mtu"])  # type: ignore[arg-type]
