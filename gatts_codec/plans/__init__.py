"""What a host wants of any chip, as the commands that its dialect has for it.

    Start(att_mtu=247, device_name="Heart").commands("sd_api_v3")     # [enable, gap.device_name_set]
    Start(att_mtu=247, device_name="Heart").commands("sd_api_v6")     # [cfg_set, cfg_set, .., enable, ..]

Clients carry them out by a method each: ``sd.start(att_mtu=247, device_name="Heart")``. The names load on first use.
"""

from __future__ import annotations

from gatts_codec.facade import facade

__getattr__, __dir__ = facade(__name__, __file__)
