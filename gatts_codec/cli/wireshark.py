"""``gatts-codec wireshark``: the Wireshark plugin that comes with this package."""

from __future__ import annotations

from pathlib import Path

import click

from gatts_codec.cli.output import say
from gatts_codec.dissectors.install import install, plugin_path

_NEXT_STEPS = """\
Restart Wireshark, or Analyze > Reload Lua Plugins. Choose the dialect in Preferences > Protocols > GATTS, or:
  gatts-codec decode RECORDING --dialect sd_api_v5 --to pcapng -o recording.pcapng
  tshark -r recording.pcapng -o gatts.dialect:sd_api_v5 -Y 'gatts.conn_handle == 0'"""


@click.group("wireshark")
def command() -> None:
    """The Wireshark plugin: dissects pcapng files that 'decode --to pcapng' writes."""


@command.command("install")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the plugin; by default the one that Wireshark reads.",
)
def install_command(folder: Path | None) -> None:
    """Put the plugin where Wireshark finds it."""
    say(f"installed {install(folder)}")
    for line in _NEXT_STEPS.splitlines():
        say(line)


@command.command("path")
def path_command() -> None:
    """Print where the plugin is, for tshark -X lua_script:FILE."""
    say(plugin_path())
