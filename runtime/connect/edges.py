"""Connectors that are given their synapses: matrices, lists of pairs, Python functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..problems import ValueProblem
from .connectivity import index_type
from .dense import DenseConnectivity
from .patterns import Built, Pattern, Sides, from_pairs, from_rows


def from_matrix(weights: Any, delays: Any, pre_post: bool) -> Pattern:
    """Connect the pairs whose entry in a (post, pre) matrix is a number."""

    def build(s: Sides, delay: int) -> Built:
        matrices = [_by_rank(_matrix(weights, pre_post, s, "weights"), s)]
        if np.ndim(delays) == 2:
            matrices.append(_by_rank(_matrix(delays, pre_post, s, "delays"), s))
        connected, posts = ~np.isnan(matrices[0]), np.sort(s.post)
        if connected.size and connected.all() and s.pre.size == s.n_pre:
            columns = [matrix.reshape(-1, 1) for matrix in matrices]
            values = columns[0] if len(columns) == 1 else np.hstack(columns)
            return DenseConnectivity(s.n_pre, s.n_post, posts, delay), values
        rows = np.ascontiguousarray(connected.T)
        indptr = np.zeros(s.n_pre + 1, np.int64)
        indptr[np.sort(s.pre) + 1] = np.count_nonzero(rows, axis=1)
        target = posts.astype(index_type(s.n_post))[np.nonzero(rows)[1]]
        built, _ = from_rows(s, delay, (np.cumsum(indptr), target))
        return built, np.stack([np.ascontiguousarray(matrix.T)[rows] for matrix in matrices], axis=1)

    return Pattern(build, lambda s: s.pairs)


def _by_rank(matrix: NDArray[np.float64], s: Sides) -> NDArray[np.float64]:
    """Return a matrix (post, pre) with rows and columns in the order of ranks."""
    for axis, ranks in enumerate((s.post, s.pre)):
        if np.any(ranks[1:] < ranks[:-1]):
            matrix = np.take(matrix, np.argsort(ranks), axis)
    return matrix


def _matrix(values: Any, pre_post: bool, s: Sides, argument: str) -> NDArray[np.float64]:
    try:
        matrix = np.asarray(values, dtype=np.float64)  # None becomes NaN: no synapse
    except (TypeError, ValueError):
        raise ValueProblem(f"{s.owner}: {argument} must be a matrix of numbers.") from None
    matrix = matrix.T if pre_post else matrix
    if matrix.shape != (s.post.size, s.pre.size):
        order = "(pre, post)" if pre_post else "(post, pre)"
        raise ValueProblem(
            f"{s.owner}: the matrix of {argument} has shape {np.shape(values)}, "
            f"expected {order} = {(s.pre.size, s.post.size) if pre_post else (s.post.size, s.pre.size)}."
        )
    return matrix


def from_sparse(weights: Any, delays: Any = None) -> Pattern:
    """Connect the stored entries of a (pre, post) sparse matrix; `delays` may be one with the same entries."""

    def build(s: Sides, delay: int) -> Built:
        if not hasattr(weights, "tocoo"):
            raise ValueProblem(f"{s.owner}: from_sparse takes a scipy sparse matrix, not {type(weights).__name__}.")
        entries = weights.tocoo()
        columns = [entries.data, *([] if delays is None else [_same_entries(s, entries, delays)])]
        return from_entries(s, delay, "sparse matrix", weights.shape, entries.row, entries.col, *columns)

    return Pattern(build, lambda s: float(getattr(weights, "nnz", 0)))


def _same_entries(s: Sides, entries: Any, delays: Any) -> NDArray[np.float64]:
    """Return the delays of the entries of a sparse matrix of weights, in their order."""
    other, width = delays.tocoo(), entries.shape[1]
    own = entries.row.astype(np.int64) * width + entries.col
    its = other.row.astype(np.int64) * width + other.col
    order = np.argsort(its, kind="stable")
    if delays.shape != entries.shape or not np.array_equal(np.sort(own), its[order]):
        raise ValueProblem(
            f"{s.owner}: the sparse matrix of delays has other entries than that of the weights.",
            help="give a delay (ms) for every weight, and for no other pair",
        )
    values: NDArray[np.float64] = np.empty(own.size)
    values[np.argsort(own, kind="stable")] = other.data[order]
    return values


def from_entries(s: Sides, delay: int, what: str, shape: Any, pre: Any, post: Any, *values: Any) -> Built:
    """Return the entries of a (pre, post) matrix, whose indices are positions in the groups."""
    if tuple(shape) != (s.pre.size, s.post.size):
        raise ValueProblem(
            f"{s.owner}: the {what} has shape {tuple(shape)}, expected (pre, post) = {(s.pre.size, s.post.size)}."
        )
    columns = np.stack([np.asarray(column, np.float64) for column in values], axis=1)
    return from_pairs(s, delay, s.pre[pre], s.post[post], columns)


def explicit_edges(pre: Any, post: Any) -> Pattern:
    """Connect pairs given by two lists of ranks in the populations."""

    def build(s: Sides, delay: int) -> Built:
        return from_pairs(s, delay, *in_groups(s, pre, post))

    return Pattern(build, lambda s: float(np.size(pre)))


def in_groups(s: Sides, pre: Any, post: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return two lists of ranks as arrays, after checking that they are in the groups."""
    first, second = (np.asarray(x) for x in (pre, post))
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueProblem(
            f"{s.owner}: ranks come as two lists of equal length, not of shapes {first.shape} and {second.shape}."
        )
    for side, ranks, group in (("pre", first, s.pre), ("post", second, s.post)):
        if ranks.size and ranks.dtype.kind not in "iu":
            raise ValueProblem(f"{s.owner}: {side}synaptic ranks must be ints, not {ranks.dtype}.")
        wrong = ~np.isin(ranks, group)
        if wrong.any():
            raise ValueProblem(f"{s.owner}: the {side}synaptic group has no neuron {int(ranks[wrong][0])}.")
    return first.astype(np.int64), second.astype(np.int64)


class LILConnectivity:
    """Synapses that a function gives neuron by neuron, for `Projection.from_function`.

    Examples
    --------
    >>> import ranvier as rv
    >>> def chain(pre, post):
    ...     synapses = rv.LILConnectivity()
    ...     for rank in range(1, post.size):
    ...         synapses.add(rank, [rank - 1], weights=1.0, delays=2.0)
    ...     return synapses
    """

    def __init__(self) -> None:
        self._rows: list[tuple[int, NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]] = []

    def add(self, rank: int, ranks: Sequence[int], weights: Any = 1.0, delays: Any = None) -> None:
        """Add synapses of one postsynaptic neuron.

        Parameters
        ----------
        rank : int
            Of the postsynaptic neuron in its population.
        ranks : sequence of int
            Of the presynaptic neurons.
        weights, delays : number or one per synapse
            Delays in ms; None, or 0, is the shortest one.
        """
        pre = np.asarray(ranks, np.int64).reshape(-1)
        try:
            w, d = (
                np.broadcast_to(np.asarray(x, np.float64), pre.shape)
                for x in (weights, _first(0.0 if delays is None else delays))
            )
        except ValueError:
            raise ValueProblem(f"{pre.size} synapses of neuron {rank} need as many weights, delays, or one.") from None
        self._rows.append((int(rank), pre, w, d))

    @property
    def nb_synapses(self) -> int:
        """Number of synapses so far."""
        return sum(pre.size for _, pre, _, _ in self._rows)

    def columns(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Return presynaptic ranks, postsynaptic ranks, and weights and delays as columns."""
        empty = np.zeros(0)
        ranks = (np.full(pre.size, rank, np.int64) for rank, pre, _, _ in self._rows)
        post = np.concatenate([np.zeros(0, np.int64), *ranks])
        pre = np.concatenate([np.zeros(0, np.int64), *(row[1] for row in self._rows)])
        w, d = (np.concatenate([empty, *(row[k] for row in self._rows)]) for k in (2, 3))
        return pre, post, np.stack([w, d], axis=1)


def _first(values: Any) -> Any:
    """Return a list of one delay as the delay."""
    return values[0] if isinstance(values, (list, tuple)) and len(values) == 1 else values


def from_function(made: Any) -> Pattern:
    """Connect after what a function has returned.

    A `LILConnectivity`, a scipy sparse matrix of weights (pre, post), or the columns
    (pre ranks, post ranks[, weights[, delays in ms]]).
    """
    if hasattr(made, "tocoo"):
        return from_sparse(made)
    columns = made.columns() if isinstance(made, LILConnectivity) else made

    def build(s: Sides, delay: int) -> Built:
        if not isinstance(columns, (tuple, list)) or not 2 <= len(columns) <= 4:
            raise ValueProblem(
                f"{s.owner}: the function of from_function returned {type(made).__name__}.",
                help="it returns a LILConnectivity, a sparse matrix, or a tuple (pre, post, weights, delays)",
            )
        pre, post = in_groups(s, columns[0], columns[1])
        values = [np.asarray(c, np.float64) for c in columns[2:]]
        if len(values) == 1 and values[0].ndim == 2:
            return from_pairs(s, delay, pre, post, values[0])
        try:
            full = [np.broadcast_to(v, pre.shape) for v in values] or [np.ones(pre.size)]
        except ValueError:
            raise ValueProblem(f"{s.owner}: {pre.size} synapses need as many weights and delays, or one.") from None
        return from_pairs(s, delay, pre, post, np.stack(full, axis=1))

    given = isinstance(columns, (tuple, list)) and len(columns) > 0
    return Pattern(build, lambda s: float(np.size(columns[0])) if given else 0.0)


def brings_delays(made: Any) -> bool:
    """Tell whether what a function returned has delays."""
    if isinstance(made, LILConnectivity):
        return bool(np.any(made.columns()[2][:, 1] > 0.0))
    return isinstance(made, (tuple, list)) and len(made) == 4
