"""Random distributions for values given from Python: attributes, weights, delays, initial values.

Their draws are those of the distributions in equations: counter-based, one per element, so the value of an element
depends on the seed, the object, the attribute and the element alone.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import model

from ..problems import ValueProblem
from ..quantities import dimension_of, number, refuse_other_units
from ..rng import Draws, hash64, system_seed

Number: TypeAlias = Any  # a number, a string such as "5 ms", or a pint quantity


class Distribution(Protocol):
    """Anything that can fill an attribute with random values."""

    def sample(self, draws: Draws) -> NDArray[Any]:
        """Return one value per element of `draws`."""

    def get_values(self, shape: int | tuple[int, ...], seed: int | None = None) -> NDArray[Any]:
        """Return an array of values."""


def is_distribution(value: object) -> bool:
    """Tell whether a value is one of the distributions of this module."""
    return hasattr(value, "sample") and hasattr(value, "get_values")


class _Base:
    """What all distributions share: values outside a network, limits, and arguments as numbers."""

    __slots__ = ()

    def _arguments(self) -> dict[str, float]:
        """Return the fields as numbers in coherent units."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]
        owner = type(self).__name__
        return {k: float(number(v, f"{owner}: {k}")) for k, v in values.items() if v is not None}

    @property
    def dimension(self) -> model.Dimension | None:
        """Dimension of the values; None when the arguments are plain numbers, which count as coherent."""
        owner, found = type(self).__name__, None
        for name, power in self._powers().items():
            own = dimension_of(getattr(self, name))
            if own is None:
                continue
            own = tuple(power * d for d in own)
            refuse_other_units(f"{owner}: {name}", found, own, getattr(self, name))
            found = own
        return found

    def _powers(self) -> dict[str, float]:
        """Return the arguments that are in the units of the values (or in their reciprocal, power -1)."""
        return {f.name: 1.0 for f in fields(self)}  # type: ignore[arg-type]

    def _draw(self, draws: Draws, a: dict[str, float]) -> NDArray[Any]:
        raise ValueProblem(f"{type(self).__name__} cannot be drawn from.")

    def sample(self, draws: Draws) -> NDArray[Any]:
        """Return one value per element of `draws`."""
        a = self._arguments()
        values = self._draw(draws, a)
        if isinstance(self, (Normal, LogNormal, Exponential, Gamma)) and ("min" in a or "max" in a):
            values = np.clip(values, a.get("min"), a.get("max"))
        return values

    def get_values(self, shape: int | tuple[int, ...], seed: int | None = None) -> NDArray[Any]:
        """Return an array of values that belongs to no network.

        Parameters
        ----------
        shape : int or tuple of int
        seed : int, optional
            Drawn from the system when not given.
        """
        size = int(np.prod(shape))
        root = system_seed() if seed is None else seed
        ranks = np.arange(size, dtype=np.uint32)
        draws = Draws(lambda occurrence: hash64(root, 0, "values", occurrence), ranks, np.zeros_like(ranks))
        return self.sample(draws).reshape(shape)


@dataclass(frozen=True, slots=True)
class Uniform(_Base):
    """Uniform in [min, max)."""

    min: Number
    max: Number

    def _draw(self, draws: Draws, a: dict[str, float]) -> NDArray[Any]:
        return a["min"] + (a["max"] - a["min"]) * draws.draw("uniform", 0)


@dataclass(frozen=True, slots=True)
class DiscreteUniform(_Base):
    """Integers from `min` to `max`, both included."""

    min: Number
    max: Number

    def _draw(self, draws: Draws, a: dict[str, float]) -> NDArray[Any]:
        return np.floor(a["min"] + (a["max"] - a["min"] + 1.0) * draws.draw("uniform", 0))


@dataclass(frozen=True, slots=True)
class Normal(_Base):
    """Normal with mean `mu` and standard deviation `sigma`, clipped to [min, max] when these are given."""

    mu: Number
    sigma: Number
    min: Number | None = None
    max: Number | None = None

    def _draw(self, draws: Draws, a: dict[str, float]) -> NDArray[Any]:
        return a["mu"] + a["sigma"] * draws.draw("normal", 0)


@dataclass(frozen=True, slots=True)
class LogNormal(_Base):
    """exp of a normal with mean `mu` and standard deviation `sigma`."""

    mu: Number
    sigma: Number
    min: Number | None = None
    max: Number | None = None

    def _powers(self) -> dict[str, float]:
        return {"min": 1.0, "max": 1.0}

    def _draw(self, draws: Draws, a: dict[str, float]) -> NDArray[Any]:
        from .. import _mathlib

        return _mathlib.call("exp", a["mu"] + a["sigma"] * draws.draw("normal", 0))


@dataclass(frozen=True, slots=True)
class Exponential(_Base):
    """Exponential with rate `Lambda` (mean 1/Lambda)."""

    Lambda: Number
    min: Number | None = None
    max: Number | None = None

    def _powers(self) -> dict[str, float]:
        return {"Lambda": -1.0, "min": 1.0, "max": 1.0}

    def _draw(self, draws: Draws, a: dict[str, float]) -> NDArray[Any]:
        from .. import _mathlib

        return -_mathlib.call("log1p", -draws.draw("uniform", 0)) / a["Lambda"]


@dataclass(frozen=True, slots=True)
class Gamma(_Base):
    """Gamma with shape `alpha` and scale `beta`."""

    alpha: Number
    beta: Number = 1.0
    min: Number | None = None
    max: Number | None = None

    def _powers(self) -> dict[str, float]:
        return {"beta": 1.0, "min": 1.0, "max": 1.0}

    def _draw(self, draws: Draws, a: dict[str, float]) -> NDArray[Any]:
        return a["beta"] * draws.draw("gamma", 0, a["alpha"])


@dataclass(frozen=True, slots=True)
class Binomial(_Base):
    """Number of successes in `n` trials of probability `p`."""

    n: Number
    p: Number

    def _powers(self) -> dict[str, float]:
        return {}

    def _draw(self, draws: Draws, a: dict[str, float]) -> NDArray[Any]:
        return draws.draw("binomial", 0, a["n"], a["p"])


@dataclass(frozen=True, slots=True)
class Poisson(_Base):
    """Poisson counts with mean `Lambda`."""

    Lambda: Number

    def _powers(self) -> dict[str, float]:
        return {}

    def _draw(self, draws: Draws, a: dict[str, float]) -> NDArray[Any]:
        return draws.draw("poisson", 0, a["Lambda"])
