"""`DenseConnectivity`: all presynaptic neurons send to each of some postsynaptic ones, stored without indices."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .connectivity import Connectivity, index_type


class DenseConnectivity(Connectivity):
    """Synapses stored by (post, pre), which is the order that users see; for synapse models without events.

    Parameters
    ----------
    n_pre, n_post : int
        Sizes of the populations.
    posts : ndarray of int64
        Ranks of the postsynaptic neurons, ascending.
    delay : int
        In steps.
    """

    def __init__(self, n_pre: int, n_post: int, posts: NDArray[np.int64], delay: int) -> None:
        self.n_pre = n_pre
        self.n_post = n_post
        self.posts = posts
        self.delays = np.array([delay], np.int64)
        self.creation = None

    @cached_property
    def _rows(self) -> Connectivity:
        """The same synapses stored by (pre, post)."""
        indptr = np.arange(self.n_pre + 1, dtype=np.int64) * self.posts.size
        target = np.tile(self.posts.astype(index_type(self.n_post)), self.n_pre)
        return Connectivity.from_rows(self.n_pre, self.n_post, indptr, target, self.max_delay)

    @property
    def indptr(self) -> NDArray[np.int64]:  # type: ignore[override]
        """Row pointers of the storage by (pre, post), which this is not; see `segments`."""
        return self._rows.indptr

    @property
    def segments(self) -> NDArray[np.int64]:
        """(first, last + 1, postsynaptic rank) of each row of the storage."""
        first = np.arange(self.posts.size, dtype=np.int64) * self.n_pre
        return np.stack([first, first + self.n_pre, self.posts], axis=1).reshape(-1)

    @property
    def target(self) -> NDArray[Any]:  # type: ignore[override]
        """Postsynaptic rank of each synapse, in storage order."""
        return np.repeat(self.posts.astype(index_type(self.n_post)), self.n_pre)

    @property
    def size(self) -> int:
        """Number of synapses."""
        return self.n_pre * int(self.posts.size)

    @property
    def nbytes(self) -> int:
        """Memory of the storage: there are no indices."""
        return int(self.posts.nbytes)

    @property
    def source(self) -> NDArray[np.uint32]:
        """Presynaptic rank of each synapse, in storage order."""
        return np.tile(np.arange(self.n_pre, dtype=np.uint32), self.posts.size)

    def ends_of(self, where: NDArray[np.int64] | slice) -> tuple[NDArray[np.uint32], NDArray[Any]]:
        """Return the presynaptic and the postsynaptic ranks of the synapses at some storage positions."""
        row, source = np.divmod(np.arange(where.start, where.stop) if isinstance(where, slice) else where, self.n_pre)
        return source.astype(np.uint32), self.posts[row].astype(index_type(self.n_post))

    def placed(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return values as they are: users see the order of the storage."""
        return values

    def listed(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return values as they are: users see the order of the storage."""
        return values

    @property
    def delay_steps(self) -> NDArray[np.int64]:
        """Delay of each synapse."""
        return np.full(self.size, self.max_delay, np.int64)

    @cached_property
    def by_post(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any]]:
        """Index by (post, pre): row pointers, storage positions, presynaptic ranks."""
        counts = np.zeros(self.n_post, np.int64)
        counts[self.posts] = self.n_pre
        indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return indptr, np.arange(self.size, dtype=np.int64), self.source.astype(index_type(self.n_pre))

    def with_delays(self, steps: NDArray[np.int64] | int) -> tuple[Connectivity, NDArray[np.int64]]:
        """Return the same synapses with other delays, and the old storage position of each."""
        if isinstance(steps, (int, np.integer)):
            return DenseConnectivity(self.n_pre, self.n_post, self.posts, int(steps)), np.arange(self.size)
        here = np.arange(self.size, dtype=np.int64).reshape(self.posts.size, self.n_pre).T.reshape(-1)
        built, order = self._rows.with_delays(np.ascontiguousarray(steps[here]))
        return built, here[order]


def indexed_form(built: Connectivity, given: Any) -> tuple[Connectivity, Any]:
    """Return connections in the form for events, with the values that came with them."""
    if isinstance(built, DenseConnectivity):
        if given is not None:
            given = given.reshape(built.posts.size, built.n_pre, -1).transpose(1, 0, 2).reshape(built.size, -1)
        built = built._rows
    return built, given


def dense_form(built: Connectivity, given: Any) -> tuple[Connectivity, Any]:
    """Return connections in the dense form where there is one, with the values that came with them.

    That is where no pair is connected twice, and each presynaptic neuron with as many postsynaptic ones as there are.
    """
    if isinstance(built, DenseConnectivity) or built.delays.size > 1 or built.creation is not None:
        return built, given
    if not built.size or built.stored != built.size:
        return built, given
    row = built.target[built.indptr[0] : built.indptr[1]]
    width = row.size
    if built.size != built.n_pre * width or not np.array_equal(built.indptr, np.arange(built.n_pre + 1) * width):
        return built, given
    if not np.array_equal(built.target.reshape(built.n_pre, width), np.broadcast_to(row, (built.n_pre, width))):
        return built, given
    fresh = DenseConnectivity(built.n_pre, built.n_post, row.astype(np.int64), built.max_delay)
    if given is not None:
        given = given.reshape(built.n_pre, width, -1).transpose(1, 0, 2).reshape(built.size, -1)
    return fresh, given
