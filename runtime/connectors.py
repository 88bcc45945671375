"""Connector methods: rules that turn two groups of neurons into a `Connectivity`.

The rules run in compiled code, in time and memory proportional to the number of synapses; their draws depend on the
seed, the projection and the ranks alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from . import _bridge
from .connectivity import Connectivity
from .problems import ValueProblem


@dataclass(frozen=True, slots=True)
class Sides:
    """The two groups of a projection, as ranks in their populations.

    `same` tells whether both are of one population; `key` gives the Philox key of the connector's draws.
    """

    pre: NDArray[np.int64]
    post: NDArray[np.int64]
    n_pre: int
    n_post: int
    same: bool
    key: Callable[[], int]
    owner: str

    def sorted(self) -> tuple[NDArray[np.int32], NDArray[np.int32], int, int]:
        """Return the arguments of the compiled connectors: ascending ranks and sizes."""
        return np.sort(self.pre).astype(np.int32), np.sort(self.post).astype(np.int32), self.n_pre, self.n_post


#: The rule by which every pair is connected.
ALL_TO_ALL: Final = "all to all"
#: Stands for weights or delays that come with the pairs.
GIVEN: Final = object()
#: A connector's result before weights and delays: the pairs, and values that came with them in creation order.
Pattern: TypeAlias = Callable[[Sides, int], tuple[Connectivity, Any]]


def _rows(sides: Sides, delay: int, rows: tuple[NDArray[np.int64], NDArray[Any]]) -> tuple[Connectivity, None]:
    return Connectivity.from_rows(sides.n_pre, sides.n_post, *rows, delay), None


def _pairs(
    sides: Sides, delay: int, pre: NDArray[np.int64], post: NDArray[np.int64], values: Any
) -> tuple[Connectivity, Any]:
    first, second = (np.ascontiguousarray(x, dtype=np.int32) for x in (pre, post))
    built = Connectivity.from_pairs(sides.n_pre, sides.n_post, first, second, delay)
    unique = np.unique(pre * np.int64(sides.n_post) + post).size == pre.size
    stored = None if values is None else np.asarray(values)[built.creation]
    if unique:  # creation numbers matter only where a pair occurs twice
        built = Connectivity(sides.n_pre, sides.n_post, built.delays, built.indptr, built.target)
    return built, stored


def all_to_all(allow_self: bool) -> Pattern:
    """Connect every pair."""
    return lambda s, d: _rows(s, d, _bridge.connect_all_to_all(*s.sorted(), allow_self=allow_self or not s.same))


def one_to_one() -> Pattern:
    """Connect neurons at equal positions in the two groups."""

    def build(s: Sides, delay: int) -> tuple[Connectivity, Any]:
        if s.pre.size != s.post.size:
            raise ValueProblem(f"{s.owner}: one_to_one needs groups of equal size, got {s.pre.size} and {s.post.size}.")
        return _pairs(s, delay, s.pre, s.post, None)

    return build


def fixed_probability(probability: float, allow_self: bool) -> Pattern:
    """Connect each pair with a probability."""

    def build(s: Sides, delay: int) -> tuple[Connectivity, Any]:
        if not 0.0 <= probability <= 1.0:
            raise ValueProblem(f"{s.owner}: probability must be between 0 and 1, got {probability}.")
        allowed = allow_self or not s.same
        return _rows(
            s, delay, _bridge.connect_fixed_probability(*s.sorted(), float(probability), s.key(), allow_self=allowed)
        )

    return build


def fixed_number(number: int, allow_self: bool, per_post: bool) -> Pattern:
    """Give each neuron of one side `number` different partners on the other."""

    def build(s: Sides, delay: int) -> tuple[Connectivity, Any]:
        chosen = s.pre if per_post else s.post
        others = s.post if per_post else s.pre
        allowed = allow_self or not s.same
        most = chosen.size - (0 if allowed or not np.isin(others, chosen).any() else 1)
        if not 0 <= number <= most:
            raise ValueProblem(f"{s.owner}: number must be between 0 and {most}, got {number}.")
        connect = _bridge.connect_fixed_number_pre if per_post else _bridge.connect_fixed_number_post
        return _rows(s, delay, connect(*s.sorted(), int(number), s.key(), allow_self=allowed))

    return build


def from_matrix(weights: Any, delays: Any, pre_post: bool) -> Pattern:
    """Connect the pairs whose entry in a (post, pre) matrix is a number."""

    def build(s: Sides, delay: int) -> tuple[Connectivity, Any]:
        matrix = _matrix(weights, pre_post, s, "weights")
        post, pre = np.nonzero(~np.isnan(matrix))
        columns = [matrix[post, pre]]
        if np.ndim(delays) == 2:
            columns.append(_matrix(delays, pre_post, s, "delays")[post, pre])
        return _pairs(s, delay, s.pre[pre], s.post[post], np.stack(columns, axis=1))

    return build


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

    def build(s: Sides, delay: int) -> tuple[Connectivity, Any]:
        if not hasattr(weights, "tocoo"):
            raise ValueProblem(f"{s.owner}: from_sparse takes a scipy sparse matrix, not {type(weights).__name__}.")
        if weights.shape != (s.pre.size, s.post.size):
            raise ValueProblem(
                f"{s.owner}: the sparse matrix has shape {weights.shape}, "
                f"expected (pre, post) = {(s.pre.size, s.post.size)}."
            )
        entries = weights.tocoo()
        values = np.asarray(entries.data, np.float64).reshape(-1, 1)
        return _pairs(s, delay, s.pre[entries.row], s.post[entries.col], values)

    return build


class ConnectorMethods:
    """The connectors of a projection. Each may also be called with the prefix ``connect_``.

    `weights` and `delays` (ms) are a number, an array in the order of ``proj.w``, a distribution, a text over
    ``i`` and ``j``, or a quantity. Without weights they are 1; without delays one step. Where a synapse has several
    pathways, `delays` may be a dict of pathways; `post_delays` (likewise) is the time from a postsynaptic spike to its
    code, 0 by default.
    """

    def _build(self, pattern: Pattern, weights: Any, delays: Any, rule: str = "", post_delays: Any = 0) -> Any:
        raise ValueProblem("This object cannot be connected.")

    def all_to_all(
        self, weights: Any = None, delays: Any = None, allow_self_connections: bool = False, *, post_delays: Any = 0
    ) -> Any:
        """Connect every neuron of one group to every neuron of the other."""
        return self._build(all_to_all(allow_self_connections), weights, delays, ALL_TO_ALL, post_delays)

    def one_to_one(self, weights: Any = None, delays: Any = None, *, post_delays: Any = 0) -> Any:
        """Connect the neurons at equal positions in the two groups."""
        return self._build(one_to_one(), weights, delays, "one to one", post_delays)

    def fixed_probability(
        self, probability: float,
        weights: Any = None, delays: Any = None, allow_self_connections: bool = False, *, post_delays: Any = 0,
    ) -> Any:
        """Connect each pair with a probability."""
        rule = f"each pair with probability {probability}"
        return self._build(fixed_probability(probability, allow_self_connections), weights, delays, rule, post_delays)

    def fixed_number_pre(
        self, number: int,
        weights: Any = None, delays: Any = None, allow_self_connections: bool = False, *, post_delays: Any = 0,
    ) -> Any:
        """Give each postsynaptic neuron the same number of presynaptic ones, all different."""
        rule = f"{number} presynaptic neurons each"
        return self._build(
            fixed_number(number, allow_self_connections, per_post=True), weights, delays, rule, post_delays
        )

    def fixed_number_post(
        self, number: int,
        weights: Any = None, delays: Any = None, allow_self_connections: bool = False, *, post_delays: Any = 0,
    ) -> Any:
        """Give each presynaptic neuron the same number of postsynaptic ones, all different."""
        rule = f"{number} postsynaptic neurons each"
        return self._build(
            fixed_number(number, allow_self_connections, per_post=False), weights, delays, rule, post_delays
        )

    def from_matrix(self, weights: Any, delays: Any = None, pre_post: bool = False, *, post_delays: Any = 0) -> Any:
        """Connect after a matrix of weights; None or NaN leaves a pair out.

        Parameters
        ----------
        weights : array, shape (post, pre)
        delays : number or array of the same shape, optional
        pre_post : bool
            The matrices have the shape (pre, post) instead.
        """
        pattern = from_matrix(weights, delays, pre_post)
        return self._build(pattern, GIVEN, GIVEN if np.ndim(delays) == 2 else delays, "given matrix", post_delays)

    def from_sparse(self, weights: Any, delays: Any = None, *, post_delays: Any = 0) -> Any:
        """Connect the stored entries of a scipy sparse matrix of weights, shape (pre, post)."""
        return self._build(from_sparse(weights), GIVEN, delays, "given sparse matrix", post_delays)

    connect_all_to_all = all_to_all
    connect_one_to_one = one_to_one
    connect_fixed_probability = fixed_probability
    connect_fixed_number_pre = fixed_number_pre
    connect_fixed_number_post = fixed_number_post
    connect_from_matrix = from_matrix
    connect_from_sparse = from_sparse
