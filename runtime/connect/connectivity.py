"""`Connectivity`: which neurons a projection connects and after which delays, in the order the kernels read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import _bridge


def index_type(n: int) -> type[np.uint16] | type[np.uint32]:
    """Return the type of indices of synapses into a population of `n` neurons."""
    return np.uint16 if n <= 2**16 else np.uint32


@dataclass(frozen=True, slots=True)
class Rows:
    """The synapses of a pathway by the neuron that has the event: row of rank r and delay number d is
    ``indptr[r*len(delays) + d] : indptr[r*len(delays) + d + 1]`` in `other`, the ranks of the other side.

    `order` gives the storage position of each place in `other`; None where they are the same.
    """

    indptr: NDArray[np.int64]
    delays: NDArray[np.int64]
    other: NDArray[Any]
    order: NDArray[np.int64] | None


class Connectivity:
    """An immutable set of synapses, stored by (pre, delay, post, creation).

    Row of presynaptic rank i and delay number d: ``indptr[i*len(delays) + d] : indptr[i*len(delays) + d + 1]`` in
    `target`. Users see synapses in the order (post, pre, creation), which `public` maps to storage.

    Parameters
    ----------
    n_pre, n_post : int
        Sizes of the populations.
    delays : ndarray of int64
        In steps, ascending.
    indptr : ndarray of int64
    target : ndarray of uint16 or uint32
        Postsynaptic ranks.
    creation : ndarray of int64, optional
        Creation number of each synapse in storage order; needed only where a pair is connected more than once.
    """

    def __init__(
        self,
        n_pre: int,
        n_post: int,
        delays: NDArray[np.int64],
        indptr: NDArray[np.int64],
        target: NDArray[Any],
        creation: NDArray[np.int64] | None = None,
    ) -> None:
        self.n_pre = n_pre
        self.n_post = n_post
        self.delays = delays
        self.indptr = indptr
        self.target = target
        self.creation = creation

    @classmethod
    def from_rows(
        cls, n_pre: int, n_post: int, indptr: NDArray[np.int64], target: NDArray[Any], delay: int
    ) -> Connectivity:
        """Build from rows of ascending targets with one delay."""
        return cls(n_pre, n_post, np.array([delay], np.int64), indptr, target)

    @classmethod
    def from_pairs(
        cls, n_pre: int, n_post: int, pre: NDArray[np.int32], post: NDArray[np.int32], delay: int
    ) -> Connectivity:
        """Build from pairs in the order of their creation; a pair may occur more than once."""
        indptr, delays, target, creation = _bridge.sort_storage(pre, post, delay, n_pre, n_post)
        delays = np.array([delay], np.int64) if not delays.size else delays
        return cls(n_pre, n_post, delays, indptr, target, creation)

    @property
    def size(self) -> int:
        """Number of synapses."""
        return int(self.target.size)

    @property
    def stored(self) -> int:
        """Number of values that a synaptic attribute has: one per synapse, unless they are shared."""
        return self.size

    @property
    def nbytes(self) -> int:
        """Memory of the storage, without the index by postsynaptic neuron, which is made when it is needed."""
        numbers = 0 if self.creation is None else self.creation.nbytes
        return int(self.indptr.nbytes + self.target.nbytes + numbers)

    @property
    def max_delay(self) -> int:
        """Longest delay, in steps."""
        return int(self.delays[-1])

    @property
    def source(self) -> NDArray[np.uint32]:
        """Presynaptic rank of each synapse, in storage order."""
        rows = np.repeat(np.arange(self.n_pre, dtype=np.uint32), self.delays.size)
        return np.repeat(rows, np.diff(self.indptr))

    def ends_of(self, where: NDArray[np.int64] | slice) -> tuple[NDArray[np.uint32], NDArray[Any]]:
        """Return the presynaptic and the postsynaptic ranks of the synapses at some storage positions.

        Parameters
        ----------
        where : ndarray of int64, or slice
            A slice has a start and a stop.
        """
        if not isinstance(where, slice):
            row = np.searchsorted(self.indptr, where, side="right") - 1
            return (row // self.delays.size).astype(np.uint32), self.target[where]
        first = int(np.searchsorted(self.indptr, where.start, side="right")) - 1
        last = int(np.searchsorted(self.indptr, where.stop))
        edges = np.clip(self.indptr[first : last + 1], where.start, where.stop)
        rows = (np.arange(first, last) // self.delays.size).astype(np.uint32)
        return np.repeat(rows, edges[1:] - edges[:-1]), self.target[where]

    def placed(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return values that are in the order of users in that of the storage."""
        stored = np.empty_like(values)
        stored[self.public] = values
        return stored

    def listed(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return stored values in the order of users."""
        return values[self.public]

    @property
    def delay_steps(self) -> NDArray[np.int64]:
        """Delay of each synapse, in storage order."""
        return np.repeat(np.tile(self.delays, self.n_pre), np.diff(self.indptr))

    @cached_property
    def by_post(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any]]:
        """Index by (post, pre, creation): row pointers, storage positions, presynaptic ranks."""
        return _bridge.post_index(self.indptr, int(self.delays.size), self.target, self.n_post, self.creation)

    @property
    def public(self) -> NDArray[np.int64]:
        """Storage position of each synapse, in the order that users see."""
        return self.by_post[1]

    def with_delays(self, steps: NDArray[np.int64] | int) -> tuple[Connectivity, NDArray[np.int64]]:
        """Return the same synapses with other delays, and the old storage position of each.

        Parameters
        ----------
        steps : int or ndarray of int64
            One delay, or one per synapse in storage order.
        """
        if self.creation is None and self.delays.size == 1:
            if isinstance(steps, (int, np.integer)):
                delay = np.array([steps], np.int64)
                return Connectivity(self.n_pre, self.n_post, delay, self.indptr, self.target), np.arange(self.size)
            indptr, delays, target, order = _bridge.sort_delays(self.indptr, self.target, steps)
            return Connectivity(self.n_pre, self.n_post, delays, indptr, target), order
        created = self.public if self.creation is None else np.argsort(self.creation, kind="stable")
        pre = np.ascontiguousarray(self.source[created], dtype=np.int32)
        post = np.ascontiguousarray(self.target[created], dtype=np.int32)
        values: Any = steps if isinstance(steps, (int, np.integer)) else np.ascontiguousarray(steps[created])
        indptr, delays, target, order = _bridge.sort_storage(pre, post, values, self.n_pre, self.n_post)
        kept = order if self.creation is not None else None
        return Connectivity(self.n_pre, self.n_post, delays, indptr, target, kept), created[order]

    def edited(
        self, keep: NDArray[np.bool_], pre: NDArray[np.int64], post: NDArray[np.int64], steps: NDArray[np.int64]
    ) -> tuple[Connectivity, NDArray[np.int64]]:
        """Return some of the synapses and new ones, and the old storage position of each (-1 for a new one).

        Parameters
        ----------
        keep : ndarray of bool
            By storage position.
        pre, post, steps : ndarray of int64
            Ranks and delays of new synapses, between pairs that have none.
        """
        created = self.public if self.creation is None else np.argsort(self.creation, kind="stable")
        created = created[keep[created]]
        columns = (self.source[created], pre), (self.target[created], post), (self.delay_steps[created], steps)
        first, second, delay = (np.concatenate([a.astype(np.int64), b]) for a, b in columns)
        old = np.concatenate([created, np.full(pre.size, -1, np.int64)])
        ranks = first.astype(np.int32), second.astype(np.int32)
        if not old.size:
            return Connectivity.from_pairs(self.n_pre, self.n_post, *ranks, int(self.delays[0])), old
        same = int(delay[0]) if np.all(delay == delay[0]) else delay
        indptr, delays, target, order = _bridge.sort_storage(*ranks, same, self.n_pre, self.n_post)
        delays = delays if delays.size else np.array([same], np.int64)
        fresh = Connectivity(
            self.n_pre, self.n_post, delays, indptr, target, None if self.creation is None else order
        )
        return fresh, old[order]

    def positions_of(self, other: Connectivity) -> NDArray[np.int64]:
        """Return where in this storage each synapse of another is found, in the storage order of that one.

        Synapses are the same when they join the same pair and have the same number in it; -1: not here.
        """
        here, there = self._numbers(), other._numbers()
        multiple = int(max(here[1].max(initial=0), there[1].max(initial=0))) + 1
        mine, theirs = (pair * multiple + number for pair, number in (here, there))
        at = np.minimum(np.searchsorted(mine, theirs), max(mine.size - 1, 0))
        found = np.full(other.size, -1, np.int64)
        if mine.size:
            found[other.public] = np.where(mine[at] == theirs, self.public[at], -1)
        return found

    def _numbers(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the number of the pair of each synapse and its number in it, in the order (post, pre, creation)."""
        indptr, order, pre = self.by_post
        post = np.repeat(np.arange(self.n_post, dtype=np.int64), np.diff(indptr))
        return post * self.n_pre + pre.astype(np.int64), self.multapse()[order]

    def by_pre(self, delay: NDArray[np.int64] | int | None) -> Rows:
        """Return the index by (pre, delay, post, creation).

        Parameters
        ----------
        delay : int or ndarray of int64, optional
            Other delays than those of the storage, in steps and storage order.
        """
        if delay is None:
            return Rows(self.indptr, self.delays, self.target, None)
        if isinstance(delay, int) and self.delays.size == 1:
            return Rows(self.indptr, np.array([delay], np.int64), self.target, None)
        steps = np.broadcast_to(np.asarray(delay, np.int64), self.size)
        delays, number = np.unique(steps, return_inverse=True)
        source = self.source.astype(np.int64)
        order = np.lexsort((self.multapse(), self.target, number, source)).astype(np.int64)
        counts = np.bincount(source * delays.size + number, minlength=self.n_pre * delays.size)
        indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return Rows(indptr, delays, np.ascontiguousarray(self.target[order]), order)

    def by_pre_post(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any]]:
        """Return the index by (pre, post, creation): row pointers, storage positions, postsynaptic ranks."""
        source = self.source.astype(np.int64)
        order = np.lexsort((self.multapse(), self.target, source)).astype(np.int64)
        indptr = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=self.n_pre))]).astype(np.int64)
        return indptr, order, np.ascontiguousarray(self.target[order])

    def by_post_delay(self, delay: NDArray[np.int64] | int) -> Rows:
        """Return the index by (post, delay, pre, creation), for delays in steps and storage order."""
        indptr, order, source = self.by_post
        if isinstance(delay, int):
            return Rows(indptr, np.array([delay], np.int64), source, order)
        delays, number = np.unique(delay[order], return_inverse=True)
        post = self.target[order].astype(np.int64)
        again = np.lexsort((np.arange(self.size), number, post))
        counts = np.bincount(post * delays.size + number, minlength=self.n_post * delays.size)
        indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return Rows(indptr, delays, np.ascontiguousarray(source[again]), np.ascontiguousarray(order[again]))

    def multapse(self) -> NDArray[np.int64]:
        """Return the number of each synapse among those of its pair, in storage order (0 without duplicates)."""
        numbers = np.zeros(self.size, np.int64)
        if self.creation is None or not self.size:
            return numbers
        indptr, order, pre = self.by_post
        post = np.repeat(np.arange(self.n_post), np.diff(indptr))
        first = np.ones(self.size, bool)
        first[1:] = (pre[1:] != pre[:-1]) | (post[1:] != post[:-1])
        starts = np.maximum.accumulate(np.where(first, np.arange(self.size), 0))
        numbers[order] = np.arange(self.size) - starts
        return numbers
