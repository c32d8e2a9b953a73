"""Text that people paste: what stands around bytes in a line, and the bytes, however they are spelt."""
