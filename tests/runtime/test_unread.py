"""A parameter that nothing reads is told, once; what anything reads is not."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

import ranvier as rv

EQUATIONS = "taum*dv/dt = 1.5 - v"


def network(parameters: Any, equations: str = EQUATIONS) -> tuple[Any, Any]:
    net = rv.Network(dt=1.0, seed=1)
    cells = net.create(4, rv.Neuron(parameters, equations, "v > 1", "v = 0", name="LIF"), name="cells")
    return net, cells


def kick(net: Any, cells: Any, code: str) -> Any:
    return net.connect(cells, cells, synapse=rv.Synapse(pre_spike=code))


@pytest.mark.parametrize("parameters", ["taum = 10.0\ntau_m = 5.0  # a second one", {"taum": 10.0, "tau_m": 5.0}])
def test_a_misspelled_parameter_is_told_once_with_the_name_it_resembles(parameters: Any) -> None:
    net, _ = network(parameters)
    with pytest.warns(rv.RanvierWarning, match=r"\[W202\] population 'cells': nothing reads the parameter 'tau_m'"):
        net.simulate(1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net.simulate(1.0)
        net.reset()
        net.simulate(1.0)


def test_a_flag_without_effect_is_told() -> None:
    net, cells = network("taum = 10.0\nplastic = 1.0")
    cells.plastic = 0.0
    with pytest.warns(rv.RanvierWarning, match="'plastic' of its neuron 'LIF', so its value has no effect"):
        net.simulate(1.0)


@pytest.mark.parametrize(
    "use",
    [
        lambda net, cells: cells.label,
        lambda net, cells: cells.get("label"),
        lambda net, cells: cells.set({"v": "label*rand()"}),
        lambda net, cells: net.monitor(cells, "label"),
        lambda net, cells: kick(net, cells, "v_post += w").where("label_pre == label_post"),
        lambda net, cells: kick(net, cells, "v_post += w*pre.label").one_to_one(),
        lambda net, cells: kick(net, cells, "v_post += w").one_to_one(weights="0.1*label_pre"),
        lambda net, cells: cells.run_regularly("v += label", period=2.0),
    ],
)
def test_what_is_read_outside_of_the_model_is_not_told(use: Any) -> None:
    net, cells = network("taum = 10.0\nlabel = 1.0")
    use(net, cells)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net.simulate(2.0)


def test_positions_and_parameters_of_parameters_are_not_told() -> None:
    net, _ = network("scale = 2.0\ntaum = 10.0*scale\nx = 0.0\ny = 0.0")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net.simulate(1.0)
