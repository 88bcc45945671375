"""What a network is made with, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .problems import ValueProblem
from .quantities import milliseconds
from .threads import Threads


@dataclass(frozen=True, slots=True)
class Settings:
    """The arguments of `Network`; see there."""

    dt: Any = 1.0
    seed: int | None = None
    precision: Any = "double"
    threads: int | str = 1
    nan_check: bool | str = True
    fast: bool = False
    engine: str = "compiled"

    def __post_init__(self) -> None:
        Threads(self.threads)
        if self.precision not in ("double", "single"):
            raise ValueProblem(f"precision must be 'double' or 'single', not {self.precision!r}.")
        if self.nan_check not in (True, False, "step"):
            raise ValueProblem(f"nan_check must be True, False or 'step', not {self.nan_check!r}.")
        if self.engine not in ("compiled", "reference"):
            raise ValueProblem(f"engine must be 'compiled' or 'reference', not {self.engine!r}.")
        object.__setattr__(self, "dt", time_step(self.dt))


def time_step(dt: Any) -> float:
    """Return a time step in ms."""
    step = milliseconds(dt, "dt")
    if not 0 < step < float("inf"):
        raise ValueProblem(f"dt must be above 0 and finite, got {step} ms.")
    return step
