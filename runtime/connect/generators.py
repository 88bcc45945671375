"""Connections from text: generators, which name the partners of each neuron one by one."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import Generator, Line, generator

from ..problems import ValueProblem
from .conditions import Names, decision
from .pairs import CHUNK, PairText
from .patterns import Built, Pattern, Sides, from_pairs

#: A condition that asks something of the partner itself, which must then exist.
_OF_POST = re.compile(r"\bj\b|\bpost\b|(?<!\bN)_post\b|\bdist\b")
_OF_PRE = re.compile(r"\bi\b|\bpre\b|(?<!\bN)_pre\b|\bdist\b")


def generated(
    text: str, of_post: bool, probability: Any, n: Any, skip_invalid: bool, allow_self: bool, namespace: Names
) -> Pattern:
    """Connect each neuron with the partners that a generator names.

    Parameters
    ----------
    text : str
        ``"k for k in range(i - 3, i + 4) if i != k"``.
    of_post : bool
        The generator names presynaptic partners ``i`` of each postsynaptic neuron ``j``.
    probability, n
        As of `where`.
    skip_invalid : bool
        Leave out partners that do not exist; otherwise they are an error.
    allow_self : bool
    namespace : mapping
        Values of names in the texts.
    """

    def build(s: Sides, delay: int) -> Built:
        loop = generator(text, s.ends.name)
        return _Generated(s, loop, of_post, probability, n, skip_invalid, allow_self, namespace).build(delay)

    return Pattern(build, lambda s: 0.0)


class _Generated:
    def __init__(
        self,
        s: Sides,
        loop: Generator,
        of_post: bool,
        probability: Any,
        n: Any,
        skip_invalid: bool,
        allow_self: bool,
        namespace: Names,
    ) -> None:
        self.namespace = namespace
        self.s, self.loop, self.of_post, self.skip = s, loop, of_post, skip_invalid
        self.own, self.others = (np.sort(s.post), s.pre) if of_post else (np.sort(s.pre), s.post)
        self.exists = np.zeros((s.n_pre if of_post else s.n_post) + 1, bool)  # the last one stands for all outside
        self.exists[self.others] = True
        kind, chance = loop.keyword
        condition = loop.condition
        if kind == "p":
            condition = f"rand() < ({chance})" + (f" and ({condition})" if condition else "")
        self.checks_first = bool((_OF_PRE if of_post else _OF_POST).search(condition))
        keep_self = allow_self or not s.same
        lines, numbers = decision(condition, probability, n, keep_self, s.owner)
        trivial = len(lines) == 1 and not numbers and keep_self and n == 1
        self.count = None if trivial else PairText(s, lines, numbers={**namespace, **numbers}, loop=loop.name)
        self.value = None if loop.value == loop.name else self.text("connect_partner", loop.value, loop.name)
        named = zip(("first", "end", "step"), loop.arguments, strict=True)
        self.bounds = [self.text(f"connect_{name}", text, "") for name, text in named]
        self.size = self.text("connect_size", chance, "") if kind == "size" else None

    def text(self, name: str, text: str, loop: str) -> PairText:
        lines = [Line(name, text)]
        return PairText(self.s, lines, f":{name}", self.namespace, loop, interpreted=not loop)

    def at(
        self, text: PairText, own: NDArray[np.int64], other: NDArray[np.int64], loop: Any = None
    ) -> NDArray[np.int64]:
        """Return values for pairs of own and other ranks."""
        pre, post = (other, own) if self.of_post else (own, other)
        ones = np.ones(own.size, np.int64)
        return text.values(pre, ones, post.astype(np.uint32), loop).astype(np.int64)

    def build(self, delay: int) -> Built:
        own = self.own
        nothing = np.zeros(own.size, np.int64)
        first, end, step = (self.at(text, own, nothing) for text in self.bounds)
        if np.any(step == 0):
            raise ValueProblem(f"{self.s.owner}: the step of a generator's range is 0.")
        length = np.maximum(-((first - end) // step), 0)
        size = None if self.size is None else self.at(self.size, own, nothing)
        ends = np.cumsum(length)
        found: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
        begin = 0
        while begin < own.size:
            reach = ends[begin] - length[begin] + 4 * CHUNK
            stop = max(begin + 1, int(np.searchsorted(ends, reach, side="right")))
            some = slice(begin, stop)
            row = np.repeat(np.arange(begin, stop), length[some])
            before = ends[some] - length[some] - (ends[begin] - length[begin])
            within = np.arange(row.size) - np.repeat(before, length[some])
            k = first[row] + within * step[row]
            if size is not None:
                row, k = self.sampled(row, k, length, size)
            found.append(self.partners(own[row], k))
            begin = stop
        owners = np.concatenate([f[0] for f in found]) if found else nothing
        partners = np.concatenate([f[1] for f in found]) if found else nothing
        pre, post = (partners, owners) if self.of_post else (owners, partners)
        return from_pairs(self.s, delay, pre, post)

    def sampled(
        self, row: NDArray[np.int64], k: NDArray[np.int64], length: NDArray[np.int64], size: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Keep `size` of the candidates of each neuron: those with the smallest of their random numbers."""
        from .. import _mathlib

        if np.any((size < 0) | (size > length)):
            raise ValueProblem(f"{self.s.owner}: a sample's size must be between 0 and the number of candidates.")
        key = self.s.context.key(f"{self.s.ends.name}:connect:sample", 0)
        own, candidate = self.own[row].astype(np.uint32), k.astype(np.uint32)
        drawn = _mathlib.draw("uniform", key, own, candidate, 0, precision="double")
        order = np.lexsort((drawn, row))
        starts = np.searchsorted(row, row)  # rows ascend: where each begins
        kept = np.sort(order[np.arange(row.size) - starts < size[row]])
        return row[kept], k[kept]

    def partners(self, own: NDArray[np.int64], k: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the pairs that candidates lead to, as often as they are connected."""
        other = k if self.value is None else self.at(self.value, own, np.zeros_like(own), k)
        outside = self.exists.size - 1
        place = np.where((other < 0) | (other > outside), outside, other)
        valid = self.exists[place]
        if self.checks_first:
            self.refuse(own, other, valid)
            own, other, k, valid = own[valid], other[valid], k[valid], valid[valid]
        times = np.ones(own.size, np.int64)
        if self.count is not None:
            times = np.maximum(self.at(self.count, own, np.where(valid, other, 0), k), 0)
        self.refuse(own, other, valid | (times == 0))
        times = np.where(valid, times, 0)
        return np.repeat(own, times), np.repeat(other, times)

    def refuse(self, own: NDArray[np.int64], other: NDArray[np.int64], fine: NDArray[np.bool_]) -> None:
        if not self.skip and not fine.all():
            at = int(np.flatnonzero(~fine)[0])
            side = "presynaptic" if self.of_post else "postsynaptic"
            raise ValueProblem(
                f"{self.s.owner}: the generator of neuron {own[at]} leads to {side} neuron {other[at]}, "
                "which is not in the group.",
                help="skip_if_invalid=True leaves such partners out",
            )
