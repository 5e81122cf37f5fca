"""Numbers that Python and JavaScript make alike: see test/support/seeded.ts."""

import numpy as np


def _fnv1a(text: str) -> int:
    h = 0x811C9DC5
    for byte in text.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h


def seeded(shape, name: str, scale: float, offset: float = 0.0) -> np.ndarray:
    """float32 array of `shape`: offset + scale * v, v uniform in [-1, 1)."""
    n = int(np.prod(shape, dtype=np.int64))
    h = (np.uint32(_fnv1a(name)) + np.arange(n, dtype=np.uint32) * np.uint32(0x9E3779B9)).astype(np.uint32)
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    h = h ^ (h >> np.uint32(16))
    v = (h >> np.uint32(8)).astype(np.float32) / np.float32(2**23) - np.float32(1)
    return (v * np.float32(scale) + np.float32(offset)).reshape(shape)
