"""NaN and infinity in what synapses remember."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ranvier as rv

GROWS = "dz/dt = z**2 : init=0.0"


def connected(nan_check: bool | str = True, size: int = 3, text: str = GROWS, **options: Any) -> tuple[rv.Network, Any]:
    net = rv.Network(dt=1.0, seed=1, nan_check=nan_check, **options)
    cells = net.create(size, rv.Neuron(equations="dv/dt = 0", spike="v > 1", reset=""), name="cells")
    synapse = rv.Synapse("", text, pre_spike="z += 0")
    return net, net.connect(cells, cells, "", synapse, name="learning").all_to_all()


def steps_to_overflow(z: float) -> int:
    """Return in which step z becomes infinite."""
    k = 0
    with np.errstate(over="ignore"):
        while np.isfinite(z := np.float64(z + z * z)):
            k += 1
    return k


@pytest.mark.parametrize("engine", ["compiled", "reference"])
@pytest.mark.parametrize("size", [3, 40])
def test_a_synapse_that_overflows_is_named(engine: str, size: int) -> None:
    net, learning = connected(engine=engine, size=size)
    learning.dendrite(2).z = [0.0] * (size - 2) + [1.0]
    last = learning.dendrite(2).pre_ranks[-1]
    with pytest.raises(rv.RanvierError, match=f"'learning': 'z' of the synapse from {last} to 2 became NaN or inf"):
        net.simulate(50.0)
    assert net.current_step == 50


def test_every_step_on_demand() -> None:
    net, learning = connected("step")
    learning.z = 1.0
    step = steps_to_overflow(1.0)
    with pytest.raises(rv.RanvierError, match=f"from 0 to 1 became NaN or infinite in step {step} ") as told:
        net.simulate(50.0)
    assert told.value.code == "E504"
    assert net.current_step == step + 1


def test_single_steps_count_towards_64() -> None:
    net, learning = connected()
    learning.z = 1.0
    for _ in range(63):
        net.step()
    with pytest.raises(rv.RanvierError, match="in steps 0 to 63"):
        net.step()


def test_one_value_for_each_neuron() -> None:
    net, learning = connected(text=f"{GROWS}, postsynaptic")
    learning.z = np.array([0.0, 1.0, 0.0])
    with pytest.raises(rv.RanvierError, match="'z' of postsynaptic neuron 1 became"):
        net.simulate(50.0)


def test_what_may_be_infinite() -> None:
    net, learning = connected(False)
    learning.z = 1.0
    net.simulate(50.0)
    assert np.isinf(learning.z).all()
    net, learning = connected(text="z : init=0.0")
    learning.z = np.inf  # on purpose
    net.simulate(50.0)


def test_many_synapses_wait_for_long_runs() -> None:
    net, learning = connected(size=100)  # 9900 values: ten steps
    learning.z = 1e200
    net.simulate(5.0)
    with pytest.raises(rv.RanvierError, match="in steps 0 to 9"):
        net.simulate(5.0)
    net.reset(projections=True)
    learning.z = 0.0
    net.simulate(5.0)
