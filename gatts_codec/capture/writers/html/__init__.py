"""The HTML report: one page that shows a recording as a message sequence and loads nothing from anywhere."""

from gatts_codec.capture.writers.html.writer import HtmlWriter

__all__ = ["HtmlWriter"]
