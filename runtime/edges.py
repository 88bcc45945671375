"""Connectors that are given their synapses: matrices, lists of pairs, files, Python functions."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .patterns import Built, Pattern, Sides, from_pairs
from .problems import ValueProblem


def from_matrix(weights: Any, delays: Any, pre_post: bool) -> Pattern:
    """Connect the pairs whose entry in a (post, pre) matrix is a number."""

    def build(s: Sides, delay: int) -> Built:
        matrix = _matrix(weights, pre_post, s, "weights")
        post, pre = np.nonzero(~np.isnan(matrix))
        columns = [matrix[post, pre]]
        if np.ndim(delays) == 2:
            columns.append(_matrix(delays, pre_post, s, "delays")[post, pre])
        return from_pairs(s, delay, s.pre[pre], s.post[post], np.stack(columns, axis=1))

    return Pattern(build, lambda s: s.pairs)


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


def from_sparse(weights: Any) -> Pattern:
    """Connect the stored entries of a (pre, post) sparse matrix."""

    def build(s: Sides, delay: int) -> Built:
        if not hasattr(weights, "tocoo"):
            raise ValueProblem(f"{s.owner}: from_sparse takes a scipy sparse matrix, not {type(weights).__name__}.")
        entries = weights.tocoo()
        return _entries(s, delay, "sparse matrix", weights.shape, entries.row, entries.col, entries.data)

    return Pattern(build, lambda s: float(getattr(weights, "nnz", 0)))


def _entries(s: Sides, delay: int, what: str, shape: Any, pre: Any, post: Any, values: Any) -> Built:
    """Return the entries of a (pre, post) matrix, whose indices are positions in the groups."""
    if tuple(shape) != (s.pre.size, s.post.size):
        raise ValueProblem(
            f"{s.owner}: the {what} has shape {tuple(shape)}, expected (pre, post) = {(s.pre.size, s.post.size)}."
        )
    column = np.asarray(values, np.float64).reshape(-1, 1)
    return from_pairs(s, delay, s.pre[pre], s.post[post], column)


def explicit_edges(pre: Any, post: Any) -> Pattern:
    """Connect pairs given by two lists of ranks in the populations."""

    def build(s: Sides, delay: int) -> Built:
        return from_pairs(s, delay, *_ranks(s, pre, post))

    return Pattern(build, lambda s: float(np.size(pre)))


def _ranks(s: Sides, pre: Any, post: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
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
        pre, post = _ranks(s, columns[0], columns[1])
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


# -- files -----------------------------------------------------------------------------------------------


def write_connectivity(path: Any, columns: Mapping[str, NDArray[Any]]) -> None:
    """Write ranks, weights and delays (ms), as a compressed ``.npz`` without pickle."""
    with open(os.fspath(path), "wb") as file:
        arrays: dict[str, Any] = {name: np.asarray(values) for name, values in columns.items()}
        np.savez_compressed(file, **arrays)


def read_connectivity(path: Any, owner: str) -> dict[str, NDArray[Any]]:
    """Read what `write_connectivity` wrote."""
    name = os.fspath(path)
    try:
        with np.load(name, allow_pickle=False) as file:
            found = {key: file[key] for key in file.files}
    except (OSError, ValueError) as error:
        raise ValueProblem(f"{owner}: cannot read the connectivity in {name}: {error}.") from None
    missing = [key for key in ("pre", "post", "delay") if key not in found]
    if missing:
        raise ValueProblem(f"{owner}: {name} holds no connectivity: '{missing[0]}' is missing.")
    sizes = {values.shape for values in found.values()}
    if len(sizes) != 1:
        raise ValueProblem(f"{owner}: {name} is damaged: its columns differ in length.")
    return found


def from_columns(columns: Mapping[str, NDArray[Any]]) -> Pattern:
    """Connect after the columns of a file."""

    def build(s: Sides, delay: int) -> Built:
        pre, post = _ranks(s, columns["pre"], columns["post"])
        weights = columns.get("w", np.ones(pre.size))
        return from_pairs(s, delay, pre, post, np.stack([weights, columns["delay"]], axis=1).astype(np.float64))

    return Pattern(build, lambda s: float(columns["pre"].size))


def from_matrix_market(path: Any) -> Pattern:
    """Connect the entries of a Matrix Market file of weights, (post, pre)."""

    def build(s: Sides, delay: int) -> Built:
        shape, post, pre, values = _market(os.fspath(path), s.owner)
        return _entries(s, delay, "matrix in the file", shape[::-1], pre, post, values)

    return Pattern(build, lambda s: 0.0)


Entries = tuple[tuple[int, int], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


def _market(name: str, owner: str) -> Entries:
    """Read the shape, rows, columns and values of a coordinate file."""

    def refuse(why: str) -> ValueProblem:
        return ValueProblem(f"{owner}: {name} cannot be read as a Matrix Market file: {why}.")

    try:
        with open(name, encoding="ascii", errors="strict") as file:
            header = file.readline().lower().split()
            line = file.readline()
            while line.startswith("%") or (line and not line.strip()):
                line = file.readline()
            sizes = [int(word) for word in line.split()]
            body = np.loadtxt(file, ndmin=2, comments="%") if len(sizes) == 3 and sizes[2] else np.zeros((0, 3))
    except (OSError, ValueError) as error:
        raise refuse(str(error)) from None
    if header[:3] != ["%%matrixmarket", "matrix", "coordinate"] or len(header) != 5 or len(sizes) != 3:
        raise refuse("it must be a 'matrix coordinate' file")
    field, symmetry = header[3], header[4]
    if field not in ("real", "integer", "pattern") or symmetry not in ("general", "symmetric", "skew-symmetric"):
        raise refuse(f"'{field} {symmetry}' is not supported")
    if body.shape != (sizes[2], 2 if field == "pattern" else 3) and sizes[2]:
        raise refuse(f"it announces {sizes[2]} entries and holds an array of shape {body.shape}")
    row, column = body[:, 0].astype(np.int64) - 1, body[:, 1].astype(np.int64) - 1
    values = np.ones(row.size) if field == "pattern" else body[:, 2]
    if row.size and (row.min() < 0 or row.max() >= sizes[0] or column.min() < 0 or column.max() >= sizes[1]):
        raise refuse("an index lies outside the matrix")
    if symmetry != "general":
        off = row != column
        sign = -1.0 if symmetry == "skew-symmetric" else 1.0
        row, column, values = (
            np.concatenate([row, column[off]]), np.concatenate([column, row[off]]),
            np.concatenate([values, sign * values[off]]),
        )  # fmt: skip
    return (sizes[0], sizes[1]), row, column, values
