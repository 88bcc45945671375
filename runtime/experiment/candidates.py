"""Candidates of `OptNeuron`: bounds, constants and expressions of parameters; the results of one neuron of many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..problems import UnknownName, ValueProblem
from .arithmetic import evaluate_expression_with_dict, names_in
from .experiment import ExperimentResults

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is searched, what is fixed, and what follows from both (in an order in which it can be computed)."""

    lower: dict[str, float]
    upper: dict[str, float]
    fixed: dict[str, float]
    derived: dict[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the variables that are searched."""
        return tuple(self.lower)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Bounds:
        """Read ``{"x": [0, 1], "y": 5, "z": "x + y"}``."""
        lower, upper, fixed, texts = {}, {}, {}, {}
        for name, value in given.items():
            if isinstance(value, str):
                texts[name] = value
            elif np.ndim(value) == 0:
                fixed[name] = float(value)
            else:
                ends = np.asarray(value, float)
                if ends.shape != (2,) or not np.all(np.isfinite(ends)) or ends[0] == ends[1]:
                    raise ValueProblem(f"variables_bounds: '{name}' needs two different finite numbers, not {value!r}.")
                lower[name], upper[name] = float(ends.min()), float(ends.max())
        if not lower:
            raise ValueProblem("variables_bounds: nothing is to be searched.", help="give a list of two numbers")
        return cls(lower, upper, fixed, _ordered(texts, {*lower, *fixed}))

    def scaled(self, values: Array) -> Array:
        """Return candidates in [0, 1] for values of what is searched, shape (..., variables)."""
        low, high = np.array(list(self.lower.values())), np.array(list(self.upper.values()))
        return np.asarray((values - low) / (high - low))

    def values(self, candidates: Array) -> dict[str, Array]:
        """Return the values of all names for candidates in [0, 1], shape (candidates, variables)."""
        low, high = np.array(list(self.lower.values())), np.array(list(self.upper.values()))
        found: dict[str, Array] = dict(zip(self.names, (low + candidates * (high - low)).T, strict=True))
        found |= {name: np.full(len(candidates), value) for name, value in self.fixed.items()}
        for name, text in self.derived.items():
            found[name] = np.broadcast_to(evaluate_expression_with_dict(text, found), len(candidates)).astype(float)
        return found


def _ordered(texts: dict[str, str], known: set[str]) -> dict[str, str]:
    """Return expressions so that each names only what comes before it."""
    ordered: dict[str, str] = {}
    left = dict(texts)
    while left:
        ready = [name for name, text in left.items() if set(names_in(text)) <= known | set(ordered)]
        if not ready:
            name, text = next(iter(left.items()))
            unknown = [n for n in names_in(text) if n not in known and n not in texts]
            if unknown:
                raise UnknownName(f"name that variables_bounds define, in '{name}': '{text}',", unknown[0], known)
            raise ValueProblem(f"variables_bounds: {', '.join(map(repr, left))} are defined by one another.")
        ordered |= {name: left.pop(name) for name in ready}
    return ordered


def of_one_neuron(results: ExperimentResults, population: str, rank: int) -> ExperimentResults:
    """Return the results of an experiment as if the population had only one neuron, which has rank 0 then."""
    own = f"{population};"
    recordings = [
        {key: _column(value, rank) if key.startswith(own) and key != f"{own}period" else value
         for key, value in chunk.items()}
        for chunk in results.recordings
    ]  # fmt: skip
    return replace(results, recordings=recordings)


def _column(value: Any, rank: int) -> Any:
    if isinstance(value, np.ndarray):
        return value[:, rank : rank + 1] if value.ndim == 2 else value
    if isinstance(value, dict) and all(isinstance(key, str) for key in value) and value:
        return {name: v[rank : rank + 1] if np.ndim(v) else v for name, v in value.items()}
    return {0: value[rank]} if isinstance(value, dict) else value
