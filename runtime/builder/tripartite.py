"""Tripartite connections: primary edges, each perhaps paired with an astrocyte."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..groups.distributions import Uniform
from ..problems import UnknownName, ValueProblem
from .connections import Connection
from .nodes import NodeView, Segment
from .rules import Pool, Rule, explicit_edges, fixed_indegree, sample

if TYPE_CHECKING:
    from .simulator import Simulator

ARMS = ("primary", "third_in", "third_out")
_ARGUMENTS = ("weight", "delay", "receptor_type", "synapse")


def connect_three(
    sim: Simulator, ends: Sequence[Segment], rule: Any, pool: Any, specs: Mapping[str, Mapping[str, Any]],
    seed: int | None, comm: str, flags: tuple[bool, bool],
) -> tuple[Connection, Connection | None, Connection | None]:  # fmt: skip
    """Make the three arms; see `Simulator.tripartite_connect`."""
    if not isinstance(rule, Rule):
        message = f"tripartite_connect: conn_spec must be a rule such as pairwise_bernoulli(0.1), not {rule!r}."
        raise ValueProblem(message)
    if not isinstance(pool, Pool):
        raise ValueProblem(
            "tripartite_connect: third_factor_conn_spec must be third_factor_bernoulli_with_pool(...), "
            f"not {pool!r}."
        )
    for name, arguments in specs.items():
        if name not in ARMS:
            raise UnknownName("arm of tripartite_connect: syn_specs", name, ARMS)
        for argument in arguments:
            if argument not in _ARGUMENTS:
                raise UnknownName(f"argument of tripartite_connect: syn_specs['{name}']", argument, _ARGUMENTS)
    pre, post, third = ends
    context = sim._net._context
    key = f"tripartite{'seed' + str(seed) if seed is not None else len(sim._connections)}"
    built = sample(rule, context, pre.group, post.group, key, *flags)
    source, target = _positions(pre, built.source), _positions(post, built.target)
    pools = pool.pools(post.size, third.size)
    if pools is None:
        drawn = sample(fixed_indegree(pool.pool_size), context, third.group, post.group, f"{key}:pools", True, False)
        _, _, members = drawn.by_post
        ranks = _positions(third, members).reshape(-1, pool.pool_size)
        pools = np.empty((post.size, pool.pool_size), np.int64)
        pools[_positions(post, np.unique(drawn.target))] = ranks
    number = np.arange(built.size)
    paired = Uniform(0.0, 1.0).sample(context.draws(f"{key}:pairs", number)) < pool.p
    place = np.floor(Uniform(0.0, float(pool.pool_size)).sample(context.draws(f"{key}:choice", number)))
    for name, first in zip(ARMS, (pre, pre, third) if paired.any() else (pre,), strict=False):
        if not first.node.spiking and specs.get(name, {}).get("synapse") is None:
            raise ValueProblem(
                f"tripartite_connect: syn_specs['{name}']: {first.node.model.name} does not spike.",
                help=f"syn_specs={{'{name}': {{'synapse': sic_connection()}}}} for its slow current",
            )
    astrocyte = pools[target, place.astype(np.int64)][paired]

    def arm(name: str, first: Segment, last: Segment, a: NDArray[np.int64], b: NDArray[np.int64], how: str) -> Any:
        views = NodeView([first]), NodeView([last])
        return sim.connect(*views, rule=explicit_edges(a, b), comm=how, **specs.get(name, {}))

    primary = arm("primary", pre, post, source, target, comm)
    if not paired.any():
        return primary, None, None
    third_in = arm("third_in", pre, third, source[paired], astrocyte, comm)
    return primary, third_in, arm("third_out", third, post, astrocyte, target[paired], "dense")


def _positions(segment: Segment, ranks: Any) -> NDArray[np.int64]:
    """Return the places in a segment of ranks in its population."""
    place = np.full(int(segment.indices.max()) + 1, -1, np.int64)
    place[segment.indices] = np.arange(segment.size)
    return place[np.asarray(ranks, np.int64)]
