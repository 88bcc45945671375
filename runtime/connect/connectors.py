"""Connector methods of projections.

The rules themselves are in `patterns` (all pairs, random), `conditions` and `generators` (texts), `spatial` (distance),
`edges` and `edge_files` (matrices, lists, functions, files).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from ..problems import ValueProblem
from . import conditions, edge_files, edges, generators, patterns, spatial
from .patterns import GIVEN, Pattern, Sides

__all__ = ["ALL_TO_ALL", "GIVEN", "ConnectorMethods", "Pattern", "Sides"]

#: The rule by which every pair is connected.
ALL_TO_ALL: Final = "all to all"


class ConnectorMethods:
    """The connectors of a projection. Each may also be called with the prefix ``connect_``.

    `weights` and `delays` (ms) are a number, an array in the order of ``proj.w``, a distribution, a text over
    ``i``, ``j``, attributes and positions of both neurons, or a quantity. Without weights they are 1; without delays
    one step. Where a synapse has several pathways, `delays` may be a dict of pathways; `post_delays` (likewise) is the
    time from a postsynaptic spike to its code, 0 by default. Ranks are those in the populations, also of views.
    """

    def _build(self, pattern: Pattern, weights: Any, delays: Any, rule: str = "", post_delays: Any = 0) -> Any:
        raise ValueProblem("This object cannot be connected.")

    def _groups(self) -> tuple[Any, Any]:
        raise ValueProblem("This object cannot be connected.")

    # -- all pairs and random pairs ------------------------------------------------------------------

    def all_to_all(
        self, weights: Any = None, delays: Any = None, allow_self_connections: bool = False, *, post_delays: Any = 0
    ) -> Any:
        """Connect every neuron of one group to every neuron of the other."""
        return self._build(patterns.all_to_all(allow_self_connections), weights, delays, ALL_TO_ALL, post_delays)

    def one_to_one(self, weights: Any = None, delays: Any = None, *, post_delays: Any = 0) -> Any:
        """Connect the neurons at equal positions in the two groups."""
        return self._build(patterns.one_to_one(), weights, delays, "one to one", post_delays)

    def fixed_probability(
        self, probability: float,
        weights: Any = None, delays: Any = None, allow_self_connections: bool = False, *, post_delays: Any = 0,
    ) -> Any:
        """Connect each pair with a probability."""
        pattern = patterns.fixed_probability(probability, allow_self_connections)
        return self._build(pattern, weights, delays, f"each pair with probability {probability}", post_delays)

    def fixed_number_pre(
        self, number: int, weights: Any = None, delays: Any = None, allow_self_connections: bool = False,
        *, allow_multapses: bool = False, post_delays: Any = 0,
    ) -> Any:
        """Give each postsynaptic neuron the same number of presynaptic ones, all different.

        Parameters
        ----------
        number : int
        allow_self_connections : bool
        allow_multapses : bool
            They need not be different.
        """
        pattern = patterns.fixed_number(number, allow_self_connections, True, allow_multapses)
        return self._build(pattern, weights, delays, f"{number} presynaptic neurons each", post_delays)

    def fixed_number_post(
        self, number: int, weights: Any = None, delays: Any = None, allow_self_connections: bool = False,
        *, allow_multapses: bool = False, post_delays: Any = 0,
    ) -> Any:
        """Give each presynaptic neuron the same number of postsynaptic ones, all different.

        Parameters are those of `fixed_number_pre`.
        """
        pattern = patterns.fixed_number(number, allow_self_connections, False, allow_multapses)
        return self._build(pattern, weights, delays, f"{number} postsynaptic neurons each", post_delays)

    def fixed_total_number(
        self, number: int, weights: Any = None, delays: Any = None, allow_self_connections: bool = False,
        *, allow_multapses: bool = True, post_delays: Any = 0,
    ) -> Any:
        """Create a number of synapses between pairs drawn at random."""
        pattern = patterns.fixed_total_number(number, allow_self_connections, allow_multapses)
        return self._build(pattern, weights, delays, f"{number} synapses in all", post_delays)

    def symmetric_bernoulli(
        self, probability: float, weights: Any = None, delays: Any = None, *, post_delays: Any = 0
    ) -> Any:
        """Connect each pair of different neurons of one group with a probability, then in both directions."""
        rule = f"each pair in both directions with probability {probability}"
        return self._build(patterns.symmetric_bernoulli(probability), weights, delays, rule, post_delays)

    def pairwise_poisson(
        self, mean: float, weights: Any = None, delays: Any = None, allow_self_connections: bool = False,
        *, post_delays: Any = 0,
    ) -> Any:
        """Connect each pair by a Poisson number of synapses."""
        pattern = conditions.poisson(mean, allow_self_connections)
        return self._build(pattern, weights, delays, f"{mean} synapses per pair on average", post_delays)

    # -- texts ---------------------------------------------------------------------------------------

    def where(
        self, condition: str | bool = "", probability: Any = 1.0, n: Any = 1, weights: Any = None, delays: Any = None,
        allow_self_connections: bool = True, *, i: Any = None, j: Any = None, skip_if_invalid: bool = False,
        namespace: Mapping[str, Any] | None = None, post_delays: Any = 0,
    ) -> Any:
        """Connect the pairs that fulfil a condition, or those that a generator names.

        Texts know ``i`` and ``j`` (ranks in the populations), ``N_pre``, ``N_post``, attributes of both neurons
        (``x_pre``, ``pre.x``), positions (``x_pre`` where the model has no `x`, ``position_x_pre``, ``dist``), named
        constants, functions and distributions.

        Parameters
        ----------
        condition : str
            As in ``"i != j and abs(i - j) < 5"``.
        probability : number or str
            Of each pair that fulfils the condition.
        n : int or str
            Synapses per pair.
        allow_self_connections : bool
            The condition alone decides by default.
        i, j : str or sequence of int, optional
            ``j="k for k in range(i - 3, i + 4) if i != k"`` names the partners of each presynaptic neuron, ``i=...``
            those of each postsynaptic one; also ``sample(first, end, step, p=0.1)`` or ``size=3`` for ``range``. Two
            lists of ranks are the pairs themselves.
        skip_if_invalid : bool
            Leave out partners that do not exist.
        namespace : mapping, optional
            Numbers and quantities that the texts name: ``dict(width=3.5)``.
        """
        names = {} if namespace is None else namespace
        if i is not None or j is not None:
            if condition != "":
                raise ValueProblem("where takes a condition, or a generator with its own 'if', not both.")
            if i is not None and j is not None:
                return self._build(_lists(i, j), weights, delays, "given pairs", post_delays)
            text, rule = _generator(i, j)
            pattern = generators.generated(
                text, i is not None, probability, n, skip_if_invalid, allow_self_connections, names
            )
            return self._build(pattern, weights, delays, rule, post_delays)
        rule = f"pairs with {condition}" if condition != "" else "all pairs"
        rule += "" if isinstance(probability, (int, float)) and probability == 1 else f", probability {probability}"
        rule += "" if isinstance(n, int) and n == 1 else f", {n} synapses each"
        pattern = conditions.where(condition, probability, n, allow_self_connections, names)
        return self._build(pattern, weights, delays, rule, post_delays)

    # -- distance ------------------------------------------------------------------------------------

    def gaussian(
        self, amp: float, sigma: float, delays: Any = None, limit: float = 0.01, allow_self_connections: bool = False,
        *, post_delays: Any = 0,
    ) -> Any:
        """Connect neurons at near coordinates, with weights that are a Gaussian of the distance.

        Coordinates run from 0 to 1 in each dimension of the geometry.

        Parameters
        ----------
        amp : number
        sigma : number
            Width, in normalised coordinates.
        limit : number
            Weights not above ``limit*amp`` make no synapse.
        """
        pattern = spatial.gaussian(amp, sigma, limit, allow_self_connections)
        rule = f"Gaussian of distance, amplitude {amp}, width {sigma}"
        return self._build(pattern, GIVEN, delays, rule, post_delays)

    def dog(
        self, amp_pos: float, sigma_pos: float, amp_neg: float, sigma_neg: float, delays: Any = None,
        limit: float = 0.01, allow_self_connections: bool = False, *, post_delays: Any = 0,
    ) -> Any:
        """Connect neurons with weights that are a difference of two Gaussians of the distance.

        Parameters
        ----------
        amp_pos, sigma_pos, amp_neg, sigma_neg : number
            Amplitudes and widths of the two, as of `gaussian`.
        limit : number
            Weights whose size is not above ``limit*abs(amp_pos - amp_neg)`` make no synapse.
        """
        pattern = spatial.dog(amp_pos, sigma_pos, amp_neg, sigma_neg, limit, allow_self_connections)
        rule = f"difference of Gaussians, amplitudes {amp_pos} and {amp_neg}, widths {sigma_pos} and {sigma_neg}"
        return self._build(pattern, GIVEN, delays, rule, post_delays)

    # -- given synapses ------------------------------------------------------------------------------

    def from_matrix(self, weights: Any, delays: Any = None, pre_post: bool = False, *, post_delays: Any = 0) -> Any:
        """Connect after a matrix of weights; None or NaN leaves a pair out.

        Parameters
        ----------
        weights : array, shape (post, pre)
        delays : number or array of the same shape, optional
        pre_post : bool
            The matrices have the shape (pre, post) instead.
        """
        pattern = edges.from_matrix(weights, delays, pre_post)
        return self._build(pattern, GIVEN, GIVEN if np.ndim(delays) == 2 else delays, "given matrix", post_delays)

    def from_sparse(self, weights: Any, delays: Any = None, *, post_delays: Any = 0) -> Any:
        """Connect the stored entries of a scipy sparse matrix of weights, shape (pre, post).

        `delays` may be a sparse matrix (ms) with the same entries.
        """
        if hasattr(delays, "tocoo"):
            return self._build(edges.from_sparse(weights, delays), GIVEN, GIVEN, "given sparse matrix", post_delays)
        return self._build(edges.from_sparse(weights), GIVEN, delays, "given sparse matrix", post_delays)

    def explicit_edges(
        self, pre: Any, post: Any, weights: Any = None, delays: Any = None, *, post_delays: Any = 0
    ) -> Any:
        """Connect the pairs of two lists of ranks in the populations; a pair may occur more than once."""
        return self._build(edges.explicit_edges(pre, post), weights, delays, "given pairs", post_delays)

    def from_function(self, method: Callable[..., Any], *, post_delays: Any = 0, **args: Any) -> Any:
        """Connect after a Python function.

        Parameters
        ----------
        method : callable
            Called with the two groups and the other arguments. It returns a `LILConnectivity`, a scipy sparse matrix of
            weights (pre, post), or columns (pre ranks, post ranks, weights, delays in ms), the last ones optional.
        **args
            For the function.
        """
        if not callable(method):
            raise ValueProblem(f"from_function takes a function of the two groups, not {type(method).__name__}.")
        made = method(*self._groups(), **args)
        delays = GIVEN if edges.brings_delays(made) else None
        rule = f"function {getattr(method, '__name__', method)}"
        return self._build(edges.from_function(made), GIVEN, delays, rule, post_delays)

    def from_file(self, filename: Any, *, post_delays: Any = 0) -> Any:
        """Connect after a file that `save_connectivity` wrote: ranks, weights and delays."""
        columns = edge_files.read_connectivity(filename, "from_file")
        weights = GIVEN if "w" in columns else None
        return self._build(edge_files.from_columns(columns), weights, GIVEN, f"file {filename}", post_delays)

    def from_matrix_market(self, filename: Any, delays: Any = None, *, post_delays: Any = 0) -> Any:
        """Connect the entries of a Matrix Market file of weights; rows are postsynaptic neurons."""
        return self._build(edge_files.from_matrix_market(filename), GIVEN, delays, f"file {filename}", post_delays)

    connect_all_to_all = all_to_all
    connect_one_to_one = one_to_one
    connect_fixed_probability = fixed_probability
    connect_fixed_number_pre = fixed_number_pre
    connect_fixed_number_post = fixed_number_post
    connect_fixed_total_number = fixed_total_number
    connect_symmetric_bernoulli = symmetric_bernoulli
    connect_pairwise_poisson = pairwise_poisson
    connect_where = where
    connect_gaussian = gaussian
    connect_dog = dog
    connect_from_matrix = from_matrix
    connect_from_sparse = from_sparse
    connect_explicit_edges = explicit_edges
    connect_from_function = from_function
    connect_with_func = from_function
    connect_from_file = from_file
    connect_from_matrix_market = from_matrix_market


def _lists(i: Any, j: Any) -> Pattern:
    if isinstance(i, str) or isinstance(j, str):
        raise ValueProblem("where takes one generator: i='...' or j='...', or two lists of ranks.")
    return edges.explicit_edges(i, j)


def _generator(i: Any, j: Any) -> tuple[str, str]:
    """Return the text of a generator, and the rule in words."""
    text = j if i is None else i
    if not isinstance(text, str):
        raise ValueProblem("where takes lists of ranks for both sides: i=[...], j=[...].")
    return text, f"{'j' if i is None else 'i'} = {text}"
