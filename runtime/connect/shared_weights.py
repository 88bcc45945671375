"""`SharedConnectivity`: connections that read their weights from a filter, through an index into it."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .connectivity import Connectivity, index_type


class SharedConnectivity(Connectivity):
    """Connections of synapse models without events, ordered by (post, pre, element of the filter).

    What kernels call the storage index of a connection is its element of the filter, so values of synapses are stored
    once per element, and every form of delivery reads them as it reads those of other connections.

    Parameters
    ----------
    n_pre, n_post : int
        Sizes of the populations.
    delay : int
        In steps.
    post, pre, element : ndarray of int64
        Ranks in the populations, and the element of the filter, of each connection.
    shape : tuple of int
        Of the filter.
    copies : int
        How often the filter is stored: connections may tell their kinds apart by the copy they read.
    """

    def __init__(
        self,
        n_pre: int,
        n_post: int,
        delay: int,
        post: NDArray[np.int64],
        pre: NDArray[np.int64],
        element: NDArray[np.int64],
        shape: tuple[int, ...],
        copies: int = 1,
    ) -> None:
        order = np.lexsort((element, pre, post))
        self.n_pre, self.n_post = n_pre, n_post
        self.delays = np.array([delay], np.int64)
        self.creation = None
        self.shape, self.copies = shape, copies
        self._post = np.ascontiguousarray(post[order], np.int64)
        self._element = np.ascontiguousarray(element[order], np.int64)
        self._pre = np.ascontiguousarray(pre[order]).astype(index_type(n_pre))
        counts = np.bincount(self._post, minlength=n_post)
        self._rows = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    @property
    def size(self) -> int:
        """Number of connections."""
        return int(self._element.size)

    @property
    def stored(self) -> int:
        """Number of stored values."""
        return self.free * self.copies

    @property
    def free(self) -> int:
        """Number of elements of the filter."""
        return prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Memory of the index into the filter."""
        return int(self._post.nbytes + self._element.nbytes + self._pre.nbytes + self._rows.nbytes)

    @property
    def indptr(self) -> NDArray[np.int64]:  # type: ignore[override]
        """Row pointers by postsynaptic neuron: nothing is delivered by presynaptic neuron."""
        return self._rows

    @property
    def by_post(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any]]:
        """Index by (post, pre, element): row pointers, elements of the filter, presynaptic ranks."""
        return self._rows, self._element, self._pre

    @property
    def target(self) -> NDArray[Any]:  # type: ignore[override]
        """Postsynaptic rank of each connection."""
        return self._post

    @property
    def source(self) -> NDArray[np.uint32]:
        """Presynaptic rank of each connection."""
        return self._pre.astype(np.uint32)

    @property
    def delay_steps(self) -> NDArray[np.int64]:
        """Delay of each stored value."""
        return np.full(self.stored, self.max_delay, np.int64)

    @property
    def has_filter(self) -> bool:
        """Whether the stored values are a filter, in `shape`."""
        return True

    def positions_of(self, other: Connectivity) -> NDArray[np.int64]:
        """Return where the values of another one are found here: in their places, for connections stay as they are."""
        return np.arange(other.stored, dtype=np.int64)

    def placed(self, values: Any) -> Any:
        """Return the elements of a filter as they are stored; a number stays one."""
        return values if np.ndim(values) == 0 else np.tile(np.asarray(values).reshape(-1), self.copies)

    def with_delays(self, steps: NDArray[np.int64] | int) -> tuple[Connectivity, NDArray[np.int64]]:
        """Return the same connections with another delay."""
        assert isinstance(steps, (int, np.integer)), "more than one delay is refused before"
        other = object.__new__(SharedConnectivity)
        other.__dict__.update(self.__dict__)
        other.delays = np.array([steps], np.int64)
        return other, np.arange(self.stored)


class TurnedConnectivity(SharedConnectivity):
    """Connections of another projection the other way round; values stay in the places where that one has them.

    Parameters
    ----------
    of : Connectivity
    """

    def __init__(self, of: Connectivity) -> None:
        if isinstance(of, SharedConnectivity):
            element, shape, copies = of.by_post[1], of.shape, of.copies
        else:
            element, shape, copies = np.arange(of.size, dtype=np.int64), (of.stored,), 1
        ends = of.source.astype(np.int64), of.target.astype(np.int64)
        super().__init__(of.n_post, of.n_pre, of.max_delay, *ends, element, shape, copies)
        self.delays = of.delays
        self.of = of

    @property
    def has_filter(self) -> bool:
        """Whether the stored values are a filter, in `shape`."""
        return isinstance(self.of, SharedConnectivity) and self.of.has_filter

    @property
    def delay_steps(self) -> NDArray[np.int64]:
        """Delay of each stored value."""
        return self.of.delay_steps
