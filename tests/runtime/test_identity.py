"""Results depend on models, values and the seed alone: equal bits for chunks, monitors, resets, restores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ranvier as rv


def test_the_standard_network_does_something(build: Any) -> None:
    b = build()
    b.net.simulate(50.0)
    spikes = b.mon.get("spike", keep=True)
    assert 50 < sum(map(len, spikes.values())) < 5000
    assert np.any(b.plastic.w != build().plastic.w), "the weights change"


def test_one_run_equals_ten(build: Any, equal_bits: Any) -> None:
    one, ten = build(), build()
    one.net.simulate(50.0)
    for _ in range(10):
        ten.net.simulate(5.0)
    equal_bits(one.state(), ten.state())


def test_steps_equal_a_run(build: Any, equal_bits: Any) -> None:
    one, many = build(), build()
    one.net.simulate(7.0)
    for _ in range(70):
        many.net.step()
    equal_bits(one.state(), many.state())


def test_callbacks_that_do_nothing_change_nothing(build: Any, equal_bits: Any) -> None:
    plain, split = build(), build()
    split.net.every(period=0.7, offset=0.3)(lambda: None)
    plain.net.simulate(20.0)
    split.net.simulate(20.0)
    equal_bits(plain.state(), split.state())


def test_other_objects_change_nothing(build: Any, equal_bits: Any) -> None:
    alone, together = build(), build()
    extra = together.net.create(30, rv.Neuron(equations="dv/dt = rand()", spike="v > 1", reset="v = 0"), name="extra")
    together.net.connect(extra, extra, "", rv.Synapse(pre_spike="v_post += 0.01"), name="own").all_to_all()
    together.net.monitor(extra, ["v", "spike"])
    together.net.monitor(together.pop[3:9], "g_exc", period=0.3)
    alone.net.simulate(30.0)
    together.net.simulate(30.0)
    equal_bits(alone.state(), together.state())


def test_the_reference_interpreter_agrees(build: Any, equal_bits: Any) -> None:
    compiled, reference = build(), build(engine="reference")
    compiled.net.simulate(10.0)
    reference.net.simulate(10.0)
    equal_bits(compiled.state(), reference.state())


@pytest.mark.parametrize("precision", ["double", "single"])
def test_reset_equals_a_fresh_network(build: Any, equal_bits: Any, precision: str) -> None:
    fresh, used = build(precision=precision), build(precision=precision)
    used.net.simulate(23.0)
    used.pop.tau = 5.0
    used.plastic.w = 0.5
    used.inh.w = rv.Uniform(0.0, 1.0)
    used.net.simulate(3.0)
    used.net.reset(populations=True, projections=True, synapses=True, monitors=True)
    assert used.net.time == 0.0
    fresh.net.simulate(20.0)
    used.net.simulate(20.0)
    equal_bits(fresh.state(), used.state())


def test_learned_weights_survive_the_default_reset(build: Any) -> None:
    b = build()
    b.net.simulate(30.0)
    learned = np.array(b.plastic.w)
    trace = np.array(b.plastic.x)
    b.net.reset()
    assert np.array_equal(b.plastic.w, learned)
    assert np.array_equal(b.plastic.x, trace)
    assert np.array_equal(b.pop.v, build().pop.v)


def test_reset_of_projections_leaves_weights(build: Any) -> None:
    b = build()
    b.net.simulate(30.0)
    learned = np.array(b.plastic.w)
    b.net.reset(projections=True)
    assert np.array_equal(b.plastic.w, learned)
    assert np.all(b.plastic.x == 0.0)


def test_a_partial_reset_equals_a_fresh_network_given_the_kept_values(build: Any, equal_bits: Any) -> None:
    used, fresh = build(), build()
    used.net.simulate(10.0)
    used.net.reset(projections=True)
    fresh.plastic.w = np.array(used.plastic.w)
    used.net.simulate(10.0)
    fresh.net.simulate(10.0)
    equal_bits(fresh.state(), used.state())


@pytest.mark.parametrize("flags", [{}, {"populations": False}, {"populations": False, "projections": True}])
def test_chunks_after_a_partial_reset(build: Any, equal_bits: Any, flags: dict[str, bool]) -> None:
    whole, parts = build(), build()
    for b in (whole, parts):
        b.net.simulate(10.0)
        b.net.reset(**flags)
    whole.net.simulate(10.0)
    for duration in (1.1, 3.9, 5.0):
        parts.net.simulate(duration)
    equal_bits(whole.state(), parts.state())


def test_the_past_of_what_is_kept_moves_with_the_clock() -> None:
    """A population that is not reset goes on as if nothing had happened: delays, refractoriness, traces."""
    nets = []
    for reset in (False, True):
        net = rv.Network(dt=0.1, seed=1)
        neuron = rv.Neuron(
            "tau = 10.0", "tau*dv/dt = 2 - v + g_exc\n3*dg_exc/dt = -g_exc", "v > 1", "v = 0", refractory=3.0
        )
        pop = net.create(20, neuron, name="p")
        pop.v = "rand()"
        proj = net.connect(pop, pop, "exc", rv.models.STDP(), name="q")
        proj.all_to_all(weights=rv.Uniform(0.1, 0.3), delays=rv.Uniform(1.0, 6.0))
        net.simulate(21.3)
        if reset:
            net.reset(populations=False, monitors=False)
            assert net.current_step == 0
        net.simulate(15.0)
        nets.append((pop.v.copy(), np.array(proj.w), np.array(proj.x)))
    for kept, plain in zip(nets[1], nets[0], strict=True):
        assert np.array_equal(kept, plain)


def test_store_and_restore_mid_run(build: Any, equal_bits: Any) -> None:
    straight, back = build(), build()
    straight.net.simulate(40.0)
    back.net.simulate(20.0)
    assert back.pop._spikes.pending(50), "spikes are on their way"
    back.net.store("half")
    back.net.simulate(13.7)
    back.pop.tau = 3.0
    back.inh.w = rv.Uniform(0.0, 5.0)
    back.exc.w *= 2.0
    back.net.simulate(3.0)
    for _ in range(2):
        back.net.restore("half")
        assert back.net.current_step == 200
        back.net.simulate(20.0)
        equal_bits(straight.state(), back.state())


def test_restore_brings_back_random_assignments(build: Any) -> None:
    b = build()
    b.net.store()
    b.pop.v = rv.Normal(0.0, 1.0)
    first = b.pop.v.copy()
    b.pop.v = rv.Normal(0.0, 1.0)
    second = b.pop.v.copy()
    assert not np.array_equal(first, second), "each assignment draws anew"
    b.net.restore()
    b.pop.v = rv.Normal(0.0, 1.0)
    assert np.array_equal(b.pop.v, first)


def test_seeds(build: Any) -> None:
    def spikes(**options: Any) -> Any:
        b = build(**options)
        b.net.simulate(20.0)
        return b.mon.get("spike")

    assert spikes(seed=1) == spikes(seed=1)
    assert spikes(seed=1) != spikes(seed=2)


def test_unset_seed_is_drawn_and_kept() -> None:
    seeds = {rv.Network().seed for _ in range(4)}
    assert len(seeds) == 4
    again = rv.Network(seed=next(iter(seeds)))
    assert again.seed in seeds


def test_reset_without_reseeding_draws_anew(build: Any) -> None:
    b = build()
    b.net.simulate(20.0)
    first = b.mon.get("spike")
    b.net.reset(projections=True, synapses=True, reseed_rng=False)
    b.net.simulate(20.0)
    second = b.mon.get("spike")
    b.net.reset(projections=True, synapses=True)
    b.net.simulate(20.0)
    assert first != second
    assert b.mon.get("spike") == first


def test_keep(build: Any) -> None:
    b = build()
    b.net.simulate(10.0)
    b.pop.tau = 7.0
    v, w = b.pop.v.copy(), np.array(b.plastic.w)
    b.net.reset(synapses=True, projections=True, keep=["w", "cells.tau"])
    assert np.all(b.pop.tau == 7.0)
    assert np.array_equal(b.plastic.w, w)
    assert not np.array_equal(b.pop.v, v)
    with pytest.raises(rv.RanvierError, match=r"cells\.ta"):
        b.net.reset(keep=["cells.ta"])


def test_synapses_implies_projections(build: Any) -> None:
    b = build()
    b.net.simulate(10.0)
    with pytest.warns(rv.RanvierWarning, match="projections"):
        b.net.reset(synapses=True)
    assert np.all(b.plastic.x == 0.0)


def test_delays_come_back_with_reset() -> None:
    net = rv.Network(dt=0.1, seed=1)
    pop = net.create(10, rv.models.LIF())
    proj = net.connect(pop, pop, "exc")
    proj.all_to_all(weights=rv.Uniform(0.0, 1.0), delays=rv.Uniform(1.0, 5.0))
    weights, delays = np.array(proj.w), np.array(proj.delay)
    net.compile()
    proj.delay = rv.Uniform(0.1, 9.0)
    assert np.array_equal(proj.w, weights)
    assert not np.array_equal(proj.delay, delays)
    proj.w = 2.0
    net.reset(projections=True)
    assert np.all(proj.w == 2.0)
    net.reset(projections=True, synapses=True)
    assert np.array_equal(proj.w, weights)
    assert np.array_equal(proj.delay, delays)
