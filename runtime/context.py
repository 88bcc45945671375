"""What all objects of one network share: clock, time step, precision, seed, and the form of its arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import CompileOptions, model

from .constants import Constants
from .rng import Draws, Precision, hash64
from .schedule import Rounding
from .threads import Threads


@dataclass(slots=True, eq=False)
class Context:
    """Shared by the objects of a network.

    `epoch` tells runs after ``reset(reseed_rng=False)`` apart. `version` counts changes that need a new engine:
    new objects, arrays that were replaced, delays. `interpreted`: nothing is compiled.
    `threads` changes no result.
    """

    dt: float
    seed: int
    options: CompileOptions
    step: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, np.int64))
    epoch: int = 0
    version: int = 0
    interpreted: bool = False
    threads: Threads = field(default_factory=Threads)
    constants: Constants = field(default_factory=Constants)
    rounding: Rounding = field(init=False)

    def __post_init__(self) -> None:
        self.rounding = Rounding(self.dt)

    @property
    def precision(self) -> Precision:
        """Precision of the state."""
        return self.options.precision

    @property
    def now(self) -> int:
        """The current step."""
        return int(self.step[0])

    def dtype(self, type_: model.Type) -> np.dtype[Any]:
        """Return the dtype in which values of a type are stored; int and bool have the width of float."""
        double = self.precision == "double"
        if type_ == "float":
            return np.dtype(np.float64 if double else np.float32)
        return np.dtype(np.int64 if double else np.int32)

    def set_dt(self, dt: float) -> None:
        """Change the time step (ms) of a network that has not run."""
        self.dt = dt
        self.rounding = Rounding(dt)
        self.touch()

    def touch(self) -> None:
        """Note that the engine must be built again before the next step."""
        self.version += 1

    def key(self, stream: str, occurrence: int) -> int:
        """Return the Philox key of one occurrence in a named stream."""
        return hash64(self.seed, self.epoch, stream, occurrence)

    def draws(self, stream: str, c0: NDArray[Any], c1: NDArray[Any] | None = None) -> Draws:
        """Return draws of a named stream for elements with the given counters."""
        first = c0.astype(np.uint32)
        second = np.zeros_like(first) if c1 is None else c1.astype(np.uint32)
        return Draws(lambda occurrence: self.key(stream, occurrence), first, second, self.precision)
