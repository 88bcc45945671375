"""Connectivity and initial state of the two published networks, drawn with numpy, the same for every simulator.

Brette et al. 2007, benchmarks 2 (CUBA) and 3 (COBAHH): 4000 neurons, four in five excitatory, connected with
probability 0.02. Nothing here knows a simulator: `make_reference.py` hands these arrays to Brian2, the tests hand
them to us.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIZE = 4000
EXCITATORY = 3200
PROBABILITY = 0.02
DT = 0.1
#: What the exact comparison covers: 50 ms.
STEPS = 500
SEED = 20070712


@dataclass(frozen=True, slots=True)
class Published:
    """A network: initial values by variable name, and (pre, post) of both projections.

    `pre` counts from the first neuron of its own group (excitatory, inhibitory), `post` over all neurons.
    """

    initial: dict[str, NDArray[np.float64]]
    excitatory: tuple[NDArray[np.int64], NDArray[np.int64]]
    inhibitory: tuple[NDArray[np.int64], NDArray[np.int64]]

    def digest(self) -> str:
        """Return a checksum of every array, so that a change of numpy's streams cannot go unnoticed."""
        arrays = [*self.initial.values(), *self.excitatory, *self.inhibitory]
        return hashlib.sha256(b"".join(np.ascontiguousarray(a).tobytes() for a in arrays)).hexdigest()


def _pairs(rng: np.random.Generator, sources: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    pre, post = np.nonzero(rng.random((sources, SIZE)) < PROBABILITY)
    return pre.astype(np.int64), post.astype(np.int64)


def cuba(seed: int = SEED) -> Published:
    """Return the current-based network: v (mV)."""
    rng = np.random.default_rng(seed)
    v = -60.0 + 10.0 * rng.random(SIZE)
    zero = np.zeros(SIZE)
    return Published({"v": v, "ge": zero, "gi": zero}, _pairs(rng, EXCITATORY), _pairs(rng, SIZE - EXCITATORY))


def cobahh(seed: int = SEED) -> Published:
    """Return the Hodgkin-Huxley network: v (mV), ge and gi (nS)."""
    rng = np.random.default_rng(seed)
    initial = {
        "v": -60.0 + 5.0 * rng.standard_normal(SIZE) - 5.0,
        "ge": 10.0 * (1.5 * rng.standard_normal(SIZE) + 4.0),
        "gi": 10.0 * (12.0 * rng.standard_normal(SIZE) + 20.0),
    }
    return Published(initial, _pairs(rng, EXCITATORY), _pairs(rng, SIZE - EXCITATORY))
