"""Rules that turn two groups of neurons into a `Connectivity`: all pairs, one to one, and random ones.

The rules run in compiled code or in numpy, in time and memory proportional to the number of synapses; their draws
depend on the seed, the projection and the ranks alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log, sqrt
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .. import _bridge
from ..problems import ValueProblem
from .connectivity import Connectivity, index_type

if TYPE_CHECKING:
    from ..context import Context
    from ..synapses.ends import Ends


@dataclass(frozen=True, slots=True)
class Sides:
    """The two groups of a projection, as ranks in their populations.

    `same` tells whether both are of one population; `key` gives the Philox key of the connector's draws;
    `definitions` are functions that texts may call.
    """

    pre: NDArray[np.int64]
    post: NDArray[np.int64]
    n_pre: int
    n_post: int
    same: bool
    key: Callable[[], int]
    owner: str
    context: Context
    ends: Ends
    definitions: str = ""

    def sorted(self) -> tuple[NDArray[np.int32], NDArray[np.int32], int, int]:
        """Return the arguments of the compiled connectors: ascending ranks and sizes."""
        return np.sort(self.pre).astype(np.int32), np.sort(self.post).astype(np.int32), self.n_pre, self.n_post

    @property
    def pairs(self) -> float:
        """Number of pairs."""
        return float(self.pre.size) * float(self.post.size)

    def threads(self, synapses: float) -> int:
        """Return how many threads may build about so many synapses."""
        return self.context.threads.for_building(synapses, self.n_pre + self.n_post)

    def uniform(self, stream: int, count: int, start: int = 0) -> NDArray[np.float64]:
        """Return draws ``start`` to ``start + count`` of a stream of uniform numbers in [0, 1)."""
        from .. import _mathlib

        number = np.arange(start, start + count, dtype=np.uint64)
        low, high = (number & np.uint64(0xFFFFFFFF)).astype(np.uint32), (number >> np.uint64(32)).astype(np.uint32)
        key = self.context.key(f"{self.ends.name}:connect", stream)
        drawn: NDArray[np.float64] = _mathlib.draw("uniform", key, low, high, 0, precision="double")
        return drawn


#: Stands for weights or delays that come with the pairs.
GIVEN: Final = object()
#: What a rule makes: the pairs, and values that came with them (one column each) in storage order.
Built: TypeAlias = tuple[Connectivity, Any]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A rule before weights and delays.

    Parameters
    ----------
    build : callable
        From the sides and one delay in steps.
    expected : callable
        From the sides: how many synapses there will be, about.
    """

    build: Callable[[Sides, int], Built]
    expected: Callable[[Sides], float]

    def __call__(self, sides: Sides, delay: int) -> Built:
        """Return the pairs."""
        return self.build(sides, delay)


def from_rows(sides: Sides, delay: int, rows: tuple[NDArray[np.int64], NDArray[Any]], multiple: bool = False) -> Built:
    """Return rows of ascending targets; `multiple` tells whether a pair may occur more than once."""
    indptr, target = rows
    built = Connectivity.from_rows(sides.n_pre, sides.n_post, indptr, target, delay)
    if multiple and has_repeats(built):
        built.creation = np.arange(target.size, dtype=np.int64)
    return built, None


def has_repeats(built: Connectivity) -> bool:
    """Tell whether a pair is connected more than once, where there is one delay."""
    same = built.target[1:] == built.target[:-1]
    starts = built.indptr[(built.indptr > 0) & (built.indptr < built.size)]
    same[starts - 1] = False
    return bool(np.any(same))


def from_pairs(sides: Sides, delay: int, pre: NDArray[Any], post: NDArray[Any], values: Any = None) -> Built:
    """Return pairs given in the order of their creation, with values that came with them."""
    first, second = (np.ascontiguousarray(x, dtype=np.int32) for x in (pre, post))
    built = Connectivity.from_pairs(sides.n_pre, sides.n_post, first, second, delay)
    stored = None if values is None else np.asarray(values)[built.creation]
    if not has_repeats(built):  # creation numbers matter only where a pair occurs twice
        built = Connectivity(sides.n_pre, sides.n_post, built.delays, built.indptr, built.target)
    return built, stored


def all_to_all(allow_self: bool) -> Pattern:
    """Connect every pair."""

    def build(s: Sides, delay: int) -> Built:
        allowed, threads = allow_self or not s.same, s.threads(s.pairs)
        return from_rows(s, delay, _bridge.connect_all_to_all(*s.sorted(), allow_self=allowed, threads=threads))

    return Pattern(build, lambda s: s.pairs)


def one_to_one() -> Pattern:
    """Connect neurons at equal positions in the two groups."""

    def build(s: Sides, delay: int) -> Built:
        if s.pre.size != s.post.size:
            raise ValueProblem(f"{s.owner}: one_to_one needs groups of equal size, got {s.pre.size} and {s.post.size}.")
        return from_pairs(s, delay, s.pre, s.post)

    return Pattern(build, lambda s: s.pre.size)


def check_probability(probability: Any, owner: str) -> float:
    """Return a probability as a number; others than 0 to 1 are refused."""
    try:
        value = float(probability)
    except (TypeError, ValueError):
        raise ValueProblem(f"{owner}: probability must be a number between 0 and 1, got {probability!r}.") from None
    if not 0.0 <= value <= 1.0:
        raise ValueProblem(f"{owner}: probability must be between 0 and 1, got {probability}.")
    return value


def fixed_probability(probability: float, allow_self: bool) -> Pattern:
    """Connect each pair with a probability."""

    def build(s: Sides, delay: int) -> Built:
        p, allowed = check_probability(probability, s.owner), allow_self or not s.same
        threads = s.threads(p * s.pairs)
        rows = _bridge.connect_fixed_probability(*s.sorted(), p, s.key(), allow_self=allowed, threads=threads)
        return from_rows(s, delay, rows)

    return Pattern(build, lambda s: s.pairs * check_probability(probability, s.owner))


def symmetric_bernoulli(probability: float) -> Pattern:
    """Connect each pair of different neurons of one group in both directions, or not at all."""

    def build(s: Sides, delay: int) -> Built:
        p = check_probability(probability, s.owner)
        if not s.same or not np.array_equal(np.sort(s.pre), np.sort(s.post)):
            raise ValueProblem(f"{s.owner}: symmetric_bernoulli connects a group with itself.")
        indptr, target = _bridge.connect_fixed_probability(*s.sorted(), p, s.key(), allow_self=False)
        source = np.repeat(np.arange(s.n_pre), np.diff(indptr))
        upper = target > source
        low, high = source[upper], target[upper].astype(np.int64)
        return from_pairs(s, delay, np.concatenate([low, high]), np.concatenate([high, low]))

    return Pattern(build, lambda s: s.pairs * check_probability(probability, s.owner))


def fixed_number(number: int, allow_self: bool, per_post: bool, multiple: bool = False) -> Pattern:
    """Give each neuron of one side `number` partners on the other, different ones unless `multiple`."""

    def build(s: Sides, delay: int) -> Built:
        chosen = s.pre if per_post else s.post
        others = s.post if per_post else s.pre
        allowed = allow_self or not s.same
        choice = chosen.size - (0 if allowed or not np.isin(others, chosen).any() else 1)
        count = whole(number, "number", s.owner)
        if count > choice and (not multiple or choice < 1):
            raise ValueProblem(
                f"{s.owner}: number must be between 0 and {choice}, got {number}.",
                help="allow_multapses=True lets a pair be connected more than once" if choice else "",
            )
        connect = _bridge.connect_fixed_number_pre if per_post else _bridge.connect_fixed_number_post
        threads = s.threads(float(count) * others.size)
        rows = connect(*s.sorted(), count, s.key(), allow_self=allowed, replace=multiple, threads=threads)
        return from_rows(s, delay, rows, multiple)

    return Pattern(build, lambda s: float(whole(number, "number", s.owner)) * (s.post if per_post else s.pre).size)


def whole(number: Any, argument: str, owner: str) -> int:
    """Return a count as an int; others are refused."""
    if isinstance(number, (bool, np.bool_)) or not isinstance(number, (int, np.integer)) or number < 0:
        raise ValueProblem(f"{owner}: {argument} must be an int that is not negative, got {number!r}.")
    return int(number)


def fixed_total_number(number: int, allow_self: bool, multiple: bool) -> Pattern:
    """Create `number` synapses between pairs drawn at random."""

    def build(s: Sides, delay: int) -> Built:
        count = whole(number, "number", s.owner)
        pre, post = np.sort(s.pre), np.sort(s.post)
        same = np.zeros(0, np.int64)
        if s.same and not allow_self:  # numbers of the pairs of a neuron with itself
            _, row, column = np.intersect1d(pre, post, assume_unique=True, return_indices=True)
            same = row.astype(np.int64) * post.size + column
        total = pre.size * post.size - same.size
        if count > total and (not multiple or not total):
            raise ValueProblem(
                f"{s.owner}: number must be between 0 and {total}, got {number}.",
                help="allow_multapses=True lets a pair be connected more than once" if total else "",
            )
        drawn = _with_repeats(s, count, total) if multiple else _different(s, count, total)
        drawn = np.sort(drawn)
        if same.size:  # numbers that skip those pairs
            drawn = drawn + np.searchsorted(same - np.arange(same.size), drawn, side="right")
        indptr = np.zeros(s.n_pre + 1, np.int64)
        indptr[1:] = np.cumsum(np.bincount(pre[drawn // max(post.size, 1)], minlength=s.n_pre))
        target = post[drawn % max(post.size, 1)].astype(index_type(s.n_post))
        return from_rows(s, delay, (indptr, target), multiple)

    return Pattern(build, lambda s: float(whole(number, "number", s.owner)))


def _with_repeats(s: Sides, count: int, total: int) -> NDArray[np.int64]:
    return (s.uniform(0, count) * total).astype(np.int64)


def _different(s: Sides, count: int, total: int) -> NDArray[np.int64]:
    """Draw different numbers below `total`; when more than half are wanted, those that are left out are drawn."""
    if 2 * count > total:
        keep = np.ones(total, bool)
        keep[_different(s, total - count, total)] = False
        return np.flatnonzero(keep).astype(np.int64)
    found = np.zeros(0, np.int64)
    drawn = 0
    while found.size < count:
        missing = count - found.size
        more = int(-total * log(1 - missing / total)) + int(4 * sqrt(missing)) + 16
        fresh = (s.uniform(0, more, drawn) * total).astype(np.int64)
        drawn += more
        both = np.concatenate([found, fresh])
        _, first = np.unique(both, return_index=True)
        found = both[np.sort(first)]  # in the order of the draws: how many are drawn at once changes nothing
    return found[:count]
