"""Named random streams: what a draw depends on is the seed, the epoch, the name of its stream, and its counters.

Never a thread, a chunk of the run, the order of calls on other objects, or the existence of another object.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .problems import ValueProblem

Precision = Literal["double", "single"]

_LOG = logging.getLogger("ranvier")


def hash64(seed: int, epoch: int, stream: str, occurrence: int) -> int:
    """Return the 64-bit key of one stream of draws."""
    digest = hashlib.blake2b(digest_size=8)
    for part in (str(seed), str(epoch), stream, str(occurrence)):
        text = part.encode()
        digest.update(len(text).to_bytes(8, "little"))
        digest.update(text)
    return int.from_bytes(digest.digest(), "little")


def system_seed() -> int:
    """Return a seed drawn from the operating system (31 bits, so that it is short to write down)."""
    return secrets.randbits(31)


def chosen_seed(seed: int | None) -> int:
    """Return a user's seed, checked; one that is not set is drawn from the system and logged."""
    if seed is None:
        drawn = system_seed()
        _LOG.info("seed %d (drawn from the system)", drawn)
        return drawn
    if isinstance(seed, (bool, np.bool_)) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueProblem(f"seed must be an int that is not negative, not {seed!r}.")
    return int(seed)


@dataclass(frozen=True, slots=True)
class Draws:
    """Random numbers for a list of elements, one call of `draw` per occurrence of a distribution.

    Parameters
    ----------
    key : callable
        Occurrence -> 64-bit key.
    c0, c1 : ndarray of uint32
        Counters of each element: (rank, 0) for neurons, (pre, post) for synapses.
    precision : {"double", "single"}
    """

    key: Callable[[int], int]
    c0: NDArray[np.uint32]
    c1: NDArray[np.uint32]
    precision: Precision = "double"

    @property
    def size(self) -> int:
        """Number of elements."""
        return int(self.c0.size)

    def draw(self, kind: str, occurrence: int, *args: float) -> NDArray[Any]:
        """Return one primitive draw (`ranvier.compiler.ir.DRAWS`) per element."""
        from . import _mathlib

        dtype = np.float64 if self.precision == "double" else np.float32
        arrays = [np.full(self.size, a, dtype) for a in args]
        key = self.key(occurrence)
        values: NDArray[Any] = _mathlib.draw(kind, key, self.c0, self.c1, 0, *arrays, precision=self.precision)
        return values
