"""What some synapse models need beside themselves: the past of a neuron's potential, the concentration as it was."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..definitions.types import Neuron
from ..groups.population import Population
from ..network import Network
from ..problems import ValueProblem
from ..schedule import steps_of
from .nodes import Node
from .synapses import sending

__all__ = ["concentration", "keep_history"]

_LATE = Neuron("", "n_before = n\nn = g_n", spike="False", name="late")


def keep_history(net: Network, node: Node, synapse: str, delay: Any) -> None:
    """Let neurons see their own filtered potentials of before, and synapses what that makes of their weights.

    A neuron has one history, so all its synapses have one delay: they see it twice that delay late.
    """
    population: Population = node.population
    if not hasattr(node.model, "states") or "u_bar_plus" not in node.model.states:
        raise ValueProblem(
            f"connect: {synapse} needs targets that keep a history, not {node.model.name}.",
            help="aeif_psc_delta_clopath and hh_psc_alpha_clopath do",
        )
    if np.ndim(delay):
        raise ValueProblem(f"connect: {synapse} takes one delay for all edges.")
    late = 2 * round(float(delay) / net.dt) - 1
    if node.history is not None:
        if node.history != late:
            before = (node.history + 1) // 2 * net.dt
            raise ValueProblem(
                f"connect: {synapse} to neurons that have such synapses with a delay of {before:g} ms takes that "
                f"delay, not {float(delay):g} ms."
            )
        return
    lag = np.unique(population.get("delay_u_bars"))
    if lag.size > 1 or steps_of(lag, net.dt)[0] < 1:
        raise ValueProblem(
            f"connect: {synapse}: delay_u_bars of {node.model.name} must be one value of at least one step "
            f"({net.dt:g} ms)."
        )
    node.history = late
    for name, variable, time in (
        ("u_plus", "u_bar_plus", float(lag[0])), ("u_minus", "u_bar_minus", float(lag[0])),
        ("ltp", "LTP", late * net.dt), ("ltd", "LTD", late * net.dt),
    ):  # fmt: skip
        made = net.connect(population, population, name, sending(variable), name=f"{population.name}_{name}")
        made.one_to_one(weights=1.0, delays=time)

def concentration(net: Network, transmitter: Node, delay: float) -> Population:
    """Return a cell with the concentration as synapses of a delay see it: all spikes reach them that much later."""
    steps = round(delay / net.dt) - 1
    if not steps:
        made: Population = transmitter.population
        return made
    name = f"{transmitter.population.name}_after_{steps}"
    for known in net.get_populations():
        if known.name == name:
            return known
    late = net.create(1, _LATE, name=name)
    net.connect(transmitter.population, late, "n", sending("n"), name=f"{name}_from").all_to_all(
        weights=1.0, delays=steps * net.dt
    )
    return late
