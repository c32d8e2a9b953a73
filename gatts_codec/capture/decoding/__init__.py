"""From frames to packets: decoding, finding the dialect, and words for what is in them."""
