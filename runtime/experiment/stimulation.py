"""Ready-made simulations: steps and ramps of a current or of any other attribute of a population.

Each sets the attribute, simulates, and gives the attribute back the value it had before. `pop` is the name of a
population (or the population); `net` may be left out where only one network is alive. Times are in ms.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..groups.population import Population
from ..live import network_of, the_network
from ..network import Network
from ..problems import ValueProblem
from ..schedule import steps
from .compartments import population

#: The attribute that the functions current_* set.
CURRENT = "I_app"


def _found(pop: str | Population, net: Network | None) -> tuple[Network, Population]:
    if net is None and isinstance(pop, Population):
        return network_of(pop, "The simulation"), pop
    found = the_network(net, "The simulation")
    return found, population(found, pop)


def attr_sim(
    pop: str | Population, attr_dict: Mapping[str, Any], t: float = 500, net: Network | None = None
) -> dict[str, list[Any]]:
    """Simulate for some time with other values of some attributes.

    Parameters
    ----------
    pop : str
    attr_dict : dict
        Attribute -> value.
    t : float, ms

    Returns
    -------
    dict
        Attribute -> list of its value in every step.
    """
    found, cells = _found(pop, net)
    before = {name: np.array(cells.get(name)) for name in attr_dict}
    cells.set(attr_dict)
    began = found.current_step
    try:
        found.simulate(t)
    finally:
        cells.set(before)
    return {name: [value] * (found.current_step - began) for name, value in attr_dict.items()}


def attribute_step(
    pop: str | Population,
    attr: str,
    t1: float = 500,
    t2: float = 500,
    v1: Any = 0,
    v2: Any = 100,
    net: Network | None = None,
) -> dict[str, Any]:
    """Simulate t1 ms with the value v1 of an attribute, then t2 ms with v2.

    Returns
    -------
    dict
        ``duration`` (ms) and ``v_arr``, the value in every step.
    """
    values = attr_sim(pop, {attr: v1}, t1, net)[attr] + attr_sim(pop, {attr: v2}, t2, net)[attr]
    return {"duration": t1 + t2, "v_arr": np.array(values)}


def attr_ramp(
    pop: str | Population, attr: str, v0: float, v1: float, dur: float, n: int, net: Network | None = None
) -> dict[str, Any]:
    """Simulate `dur` ms in n parts of equal length, with values of an attribute that go from v0 to v1 in equal steps.

    Returns
    -------
    dict
        ``dv`` (difference between two parts), ``dur_stim`` (length of a part, ms) and ``v_arr``, the value in every
        step.

    Raises
    ------
    ValueProblem
        A part is not a whole number of steps.
    """
    found, _ = _found(pop, net)
    total = steps(dur, found.dt)
    if n < 1 or total % n or abs(total - dur / found.dt) > 1e-6 * max(1, total):
        raise ValueProblem(
            f"A ramp of {dur:g} ms in {n} parts: each must be a whole number of steps of {found.dt:g} ms.",
            help="choose dur as a multiple of n*dt",
        )
    dv = (v1 - v0) / (n - 1) if n > 1 else 0.0
    values: list[Any] = []
    for part in range(n):
        value = v1 if n > 1 and part == n - 1 else v0 + part * dv
        values += attr_sim(pop, {attr: value}, total // n * found.dt, net)[attr]
    return {"dv": dv, "dur_stim": dur / n, "v_arr": np.array(values)}


def increasing_attr(
    pop: str | Population, attr: str, v0: float, dv: float, nr_steps: int, dur_step: float, net: Network | None = None
) -> dict[str, Any]:
    """Simulate nr_steps times dur_step ms with the values v0, v0 + dv, v0 + 2 dv...

    Returns
    -------
    dict
        ``attr_list``, the values, and ``v_arr``, the value in every step.
    """
    levels = [v0 + part * dv for part in range(nr_steps)]
    values = [value for level in levels for value in attr_sim(pop, {attr: level}, dur_step, net)[attr]]
    return {"attr_list": levels, "v_arr": np.array(values)}


def current_step(
    pop: str | Population, t1: float = 500, t2: float = 500, a1: float = 0, a2: float = 100, net: Network | None = None
) -> dict[str, Any]:
    """Simulate t1 ms with the current I_app = a1, then t2 ms with a2.

    Returns
    -------
    dict
        ``duration`` (ms) and ``current_arr``, the current in every step.
    """
    result = attribute_step(pop, CURRENT, t1, t2, a1, a2, net)
    return {"duration": result["duration"], "current_arr": result["v_arr"]}


def current_stim(pop: str | Population, t: float = 500, a: float = 100, net: Network | None = None) -> NDArray[Any]:
    """Simulate t ms with the current I_app = a; return the current in every step."""
    return np.array(attr_sim(pop, {CURRENT: a}, t, net)[CURRENT])


def current_ramp(
    pop: str | Population, a0: float, a1: float, dur: float, n: int, net: Network | None = None
) -> dict[str, Any]:
    """Simulate `dur` ms in n parts with currents I_app from a0 to a1. See `attr_ramp`.

    Returns
    -------
    dict
        ``da``, ``dur_stim`` (ms) and ``current_arr``, the current in every step.
    """
    result = attr_ramp(pop, CURRENT, a0, a1, dur, n, net)
    return {"da": result["dv"], "dur_stim": result["dur_stim"], "current_arr": result["v_arr"]}


def increasing_current(
    pop: str | Population, a0: float, da: float, nr_steps: int, dur_step: float, net: Network | None = None
) -> dict[str, Any]:
    """Simulate nr_steps times dur_step ms with currents I_app = a0, a0 + da, a0 + 2 da...

    Returns
    -------
    dict
        ``current_list`` and ``current_arr``, the current in every step.
    """
    result = increasing_attr(pop, CURRENT, a0, da, nr_steps, dur_step, net)
    return {"current_list": result["attr_list"], "current_arr": result["v_arr"]}
