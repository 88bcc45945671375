"""Connections from text: a condition over all pairs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import Line

from ..estimate import MODEST, Need, fits, too_large
from ..problems import ValueProblem
from ..quantities import number
from .connectivity import index_type
from .pairs import CHUNK, PairText
from .patterns import Built, Pattern, Sides, check_probability, from_rows, whole

#: Values of names in texts.
Names: TypeAlias = Mapping[str, Any]


def decision(
    condition: str, probability: Any, n: Any, keep_self: bool, owner: str
) -> tuple[list[Line], dict[str, Any]]:
    """Return the lines that give the number of synapses of a pair, and the numbers they name."""
    lines: list[Line] = []
    tests: list[str] = []
    numbers: dict[str, Any] = {}
    if condition:
        lines.append(Line("connect_if", condition, "bool"))
        tests.append("connect_if")
    if not keep_self:
        tests.append("i != j")
    if isinstance(probability, str):
        lines.append(Line("connect_probability", probability, "float"))
        tests.append("rand() < connect_probability")
    elif check_probability(probability, owner) < 1.0:
        numbers["connect_probability"] = float(probability)
        tests.append("rand() < connect_probability")
    if isinstance(n, str):
        lines.append(Line("connect_number", n, "int"))
        count = "connect_number"
    elif whole(n, "n", owner) == 1:
        count = "1"
    else:
        numbers["connect_number"], count = int(n), "connect_number"
    test = " and ".join(tests)
    lines.append(Line("connect_count", f"if {test}: {count} else: 0" if test else count))
    return lines, numbers


def where(condition: Any, probability: Any, n: Any, allow_self: bool, namespace: Names) -> Pattern:
    """Connect the pairs that fulfil a condition, each with a probability, by a number of synapses."""

    def build(s: Sides, delay: int) -> Built:
        text = "" if condition is True else str(condition).strip()
        lines, numbers = decision(text, probability, n, allow_self or not s.same, s.owner)
        pairs = PairText(s, lines, numbers={**namespace, **numbers})
        return _of_all_pairs(s, delay, pairs, isinstance(n, str) or n > 1)

    return Pattern(build, lambda s: 0.0)


def poisson(mean: Any, allow_self: bool) -> Pattern:
    """Connect each pair by a Poisson number of synapses."""

    def build(s: Sides, delay: int) -> Built:
        value = float(number(mean, f"{s.owner}: mean"))
        if not 0.0 <= value < 1e6:
            raise ValueProblem(f"{s.owner}: mean must not be negative, nor a million or more, got {mean}.")
        drawn, other = "poisson(connect_mean)", allow_self or not s.same
        lines = [Line("connect_count", drawn if other else f"if i != j: {drawn} else: 0")]
        return _of_all_pairs(s, delay, PairText(s, lines, numbers={"connect_mean": value}), True)

    return Pattern(build, lambda s: s.pairs * float(number(mean, "mean")))


def _of_all_pairs(s: Sides, delay: int, text: PairText, multiple: bool) -> Built:
    """Return all pairs, each as often as a text says."""
    pre, post = np.sort(s.pre), np.sort(s.post).astype(np.uint32)
    rows = max(1, CHUNK // max(post.size, 1))
    kind = index_type(s.n_post)
    pieces: list[NDArray[Any]] = [np.zeros(0, kind)]
    lengths = np.zeros(s.n_pre, np.int64)
    made, asked = 0, int(MODEST)
    several = np.tile(post, min(rows, max(pre.size, 1)))
    for first in range(0, pre.size if post.size else 0, rows):
        some = pre[first : first + rows]
        target = several[: some.size * post.size]
        counts = text.values(some, np.full(some.size, post.size), target)
        found = np.flatnonzero(counts > 0)
        chosen = target[found].astype(kind)
        ends = np.searchsorted(found, np.arange(1, some.size + 1) * post.size)
        if multiple:
            times = counts[found]
            chosen = np.repeat(chosen, times)
            ends = np.concatenate([[0], np.cumsum(times, dtype=np.int64)])[ends]
        lengths[some] = np.diff(ends, prepend=0)
        pieces.append(chosen)
        made += chosen.nbytes
        if made > asked:  # so many could not be foreseen
            need, asked = Need(made / chosen.itemsize, float(made)), 2 * made
            if not fits(need):
                raise too_large(need, s.owner)
    indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return from_rows(s, delay, (indptr, np.concatenate(pieces)), multiple)
