"""The protocol for tools that do not run this library: dissectors generated from the packet layouts.

``tables`` turns a dialect into plain data, ``wireshark`` writes that as a Lua plugin. The generated plugin is
``gatts.lua`` beside this file; ``python -m tools.generate`` writes it again after a layout has changed.
"""
