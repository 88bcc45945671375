"""Connection rules, by NEST's names: which pairs of two groups are connected. Projections have the connectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..connect.connectivity import Connectivity
from ..connect.patterns import check_probability, whole
from ..context import Context
from ..definitions.types import Synapse
from ..problems import ValueProblem
from ..synapses.projection import Group, Projection

__all__ = [
    "Pool", "Rule", "all_to_all", "explicit_edges", "fixed_indegree", "fixed_outdegree", "fixed_total_number",
    "one_to_one", "pairwise_bernoulli", "pairwise_poisson", "sample", "symmetric_bernoulli",
    "third_factor_bernoulli_with_pool",
]  # fmt: skip

#: Draws the synapses of a projection; the flags allow autapses and multapses.
Draw = Callable[[Projection, bool, bool], Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its arguments.

    Parameters
    ----------
    name : str
    draw : callable
    spatial : bool
        Both groups need positions.
    edges : tuple of ndarray, optional
        Given pairs, as positions in the views.
    """

    name: str
    draw: Draw
    spatial: bool = False
    edges: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None

    def __repr__(self) -> str:
        return f"<rule {self.name}>"


all_to_all = Rule("all_to_all", lambda p, own, many: p.all_to_all(allow_self_connections=own))
one_to_one = Rule("one_to_one", lambda p, own, many: _one_to_one(p, own))


def _one_to_one(p: Projection, own: bool) -> None:
    if not own and p.pre.population is p.post.population and p.pre.size == p.post.size:
        other = p.pre.ranks != p.post.ranks
        p.explicit_edges(p.pre.ranks[other], p.post.ranks[other])
    else:
        p.one_to_one()


def fixed_indegree(K: int) -> Rule:
    """Give every target K sources."""
    count = whole(K, "K", "fixed_indegree")
    return Rule(
        "fixed_indegree",
        lambda p, own, many: p.fixed_number_pre(count, allow_self_connections=own, allow_multapses=many),
    )


def fixed_outdegree(K: int) -> Rule:
    """Give every source K targets."""
    count = whole(K, "K", "fixed_outdegree")
    return Rule(
        "fixed_outdegree",
        lambda p, own, many: p.fixed_number_post(count, allow_self_connections=own, allow_multapses=many),
    )


def fixed_total_number(N: int) -> Rule:
    """Make N connections between pairs drawn at random."""
    count = whole(N, "N", "fixed_total_number")
    return Rule(
        "fixed_total_number",
        lambda p, own, many: p.fixed_total_number(count, allow_self_connections=own, allow_multapses=many),
    )


def pairwise_bernoulli(p: float) -> Rule:
    """Connect each pair with probability p."""
    chance = check_probability(p, "pairwise_bernoulli")
    return Rule("pairwise_bernoulli", lambda q, own, many: q.fixed_probability(chance, allow_self_connections=own))


def pairwise_poisson(pairwise_avg_num_conns: float) -> Rule:
    """Connect each pair by a Poisson number of connections."""
    mean = float(pairwise_avg_num_conns)
    if not 0.0 <= mean < 1e6:
        raise ValueProblem(
            f"pairwise_poisson: pairwise_avg_num_conns must not be negative, nor a million or more, got {mean:g}."
        )
    return Rule("pairwise_poisson", lambda p, own, many: p.pairwise_poisson(mean, allow_self_connections=own))


def symmetric_bernoulli(p: float) -> Rule:
    """Connect each pair of different neurons of a population with probability p, then in both directions."""
    chance = check_probability(p, "symmetric_bernoulli")
    return Rule("symmetric_bernoulli", lambda q, own, many: q.symmetric_bernoulli(chance))


def explicit_edges(pre: Any, post: Any) -> Rule:
    """Connect given pairs, by their positions in the two views; what `connect` allows does not filter them.

    Parameters
    ----------
    pre, post : sequence of int, of equal length
    """
    first, second = np.asarray(pre), np.asarray(post)
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueProblem(
            f"explicit_edges: pre and post must be lists of equal length, not of shapes {first.shape} and "
            f"{second.shape}."
        )
    for name, ranks in (("pre", first), ("post", second)):
        if ranks.size and ranks.dtype.kind not in "iu":
            raise ValueProblem(f"explicit_edges: {name} must hold ints, not {ranks.dtype}.")
    edges = first.astype(np.int64), second.astype(np.int64)

    def draw(p: Projection, own: bool, many: bool) -> None:
        pairs = []
        for name, ranks, group in (("pre", edges[0], p.pre), ("post", edges[1], p.post)):
            if ranks.size and not 0 <= ranks.min() <= ranks.max() < group.size:
                raise ValueProblem(f"explicit_edges: {name} must lie between 0 and {group.size - 1}.")
            pairs.append(group.ranks[ranks])
        p.explicit_edges(*pairs)

    return Rule("explicit_edges", draw, edges=edges)


_NOTHING = Synapse("", "w : init=1.0", pre_spike="w = w", name="pairs")


def sample(rule: Rule, context: Context, pre: Group, post: Group, key: str, own: bool, many: bool) -> Connectivity:
    """Return the edges that a rule gives between two groups; equal keys give equal edges.

    Parameters
    ----------
    key : str
        Names the stream of random numbers.
    own, many : bool
        Whether autapses and multapses are allowed.
    """
    scratch = Projection(context, key, pre, post, "", _NOTHING, False)
    rule.draw(scratch, own, many)
    return scratch.connectivity


@dataclass(frozen=True, slots=True)
class Pool:
    """The rule of the third factor: each primary edge gets an astrocyte of its target's pool with probability p."""

    p: float
    pool_size: int
    pool_type: str

    def pools(self, n_post: int, n_third: int) -> NDArray[np.int64] | None:
        """Return the pool of each target for blocks, shape (n_post, pool size); None where pools are drawn."""
        if self.pool_type == "random":
            if self.pool_size > n_third:
                owner = "third_factor_bernoulli_with_pool"
                raise ValueProblem(f"{owner}: pool_size {self.pool_size} exceeds the {n_third} nodes of third.")
            return None
        if self.pool_size == 1:
            if n_third == 0 or n_post % n_third:
                raise ValueProblem(
                    "third_factor_bernoulli_with_pool: with pool_type 'block' and pool_size 1 the size of post must be "
                    f"a multiple of that of third, got {n_post} and {n_third}."
                )
            return (np.arange(n_post) // (n_post // n_third)).reshape(-1, 1)
        if n_post * self.pool_size != n_third:
            raise ValueProblem(
                "third_factor_bernoulli_with_pool: with pool_type 'block' third must have n_post*pool_size = "
                f"{n_post * self.pool_size} nodes, got {n_third}."
            )
        return np.arange(n_third).reshape(n_post, self.pool_size)


def third_factor_bernoulli_with_pool(p: float = 1.0, pool_size: int = 1, pool_type: str = "random") -> Pool:
    """Return the rule that pairs primary edges with third nodes, for `Simulator.tripartite_connect`.

    Parameters
    ----------
    p : float
        Probability of a pairing.
    pool_size : int
        Size of the pool of each target.
    pool_type : {"random", "block"}
    """
    owner = "third_factor_bernoulli_with_pool"
    size = whole(pool_size, "pool_size", owner)
    if size < 1:
        raise ValueProblem(f"{owner}: pool_size must be at least 1, got {pool_size}.")
    if pool_type not in ("random", "block"):
        raise ValueProblem(f"{owner}: pool_type must be 'random' or 'block', got {pool_type!r}.")
    return Pool(check_probability(p, owner), size, pool_type)
