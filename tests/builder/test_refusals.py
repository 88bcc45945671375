"""What does not fit is refused before anything runs; the error names the call, the argument and the way out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import ranvier as rv
from ranvier import builder as bp


class World:
    """A simulator with one of everything."""

    def __init__(self) -> None:
        self.sim = bp.Simulator(dt=0.1)
        self.a, self.b = self.sim.create(bp.iaf_psc_exp, 5), self.sim.create(bp.iaf_cond_exp, 3)
        self.multi = self.sim.create(bp.iaf_psc_exp_multisynapse, 2, tau_syn=[1.0, 2.0])
        self.astro, self.noise = self.sim.create(bp.astrocyte_lr_1994, 4), self.sim.create(bp.poisson_generator)
        self.rec, self.meter = self.sim.create(bp.spike_recorder), self.sim.create(bp.voltmeter)


CASES: dict[str, tuple[Callable[[World], Any], str]] = {
    "model": (lambda w: w.sim.create("iaf_psc_alhpa"), "did you mean 'iaf_psc_alpha'"),
    "model class": (lambda w: w.sim.create(3), "model_cls must be a model"),
    "synapse as model": (lambda w: w.sim.create(bp.stdp_synapse), "stdp_synapse is a synapse"),
    "size": (lambda w: w.sim.create(bp.iaf_psc_exp, 0), "size must be at least 1"),
    "parameter": (lambda w: w.sim.create(bp.iaf_psc_exp, tau_syn_exc=1.0), r"create\(iaf_psc_exp\)[\s\S]*'tau_syn_ex'"),
    "length of a parameter": (lambda w: w.sim.create(bp.iaf_psc_exp, 3, V_m=[1.0, 2.0]), "V_m has shape"),
    "unit of a parameter": (lambda w: w.sim.create(bp.iaf_psc_exp, C_m="3 mV"), "C_m must be in picofarad|C_m must be"),
    "generator": (lambda w: w.sim.create(bp.poisson_generator, rates=1.0), "did you mean 'rate'"),
    "positions of a generator": (
        lambda w: w.sim.create(bp.dc_generator, positions=bp.spatial.grid([2, 2])), "takes no positions"
    ),
    "positions": (lambda w: w.sim.create(bp.iaf_psc_exp, positions=[1.0]), r"positions must be spatial.grid"),
    "spike time 0": (
        lambda w: w.sim.connect(w.sim.create(bp.spike_generator, spike_times=[0.0]), w.a), "at least one step"
    ),
    "recordable": (
        lambda w: w.sim.connect(w.sim.create(bp.multimeter, record_from=["g_ex"]), w.a), "'g_ex' is no recordable"
    ),
    "history": (
        lambda w: w.sim.connect(w.a, w.a, synapse=bp.clopath_synapse()),
        "needs targets that keep a history, not iaf_psc_exp[\\s\\S]*aeif_psc_delta_clopath",
    ),
    "recorder turned": (lambda w: w.sim.connect(w.a, w.meter), "voltmeter comes first"),
    "spike recorder turned": (lambda w: w.sim.connect(w.rec, w.a), "spike_recorder comes last"),
    "spikes of astrocytes": (lambda w: w.sim.connect(w.astro, w.rec), "has no spikes"),
    "pre": (lambda w: w.sim.connect(3, w.a), "connect: pre must be what create returned"),
    "generator as target": (lambda w: w.sim.connect(w.a, w.noise), "cannot be a target"),
    "rule": (lambda w: w.sim.connect(w.a, w.b, rule="all_to_all"), "rule must be a rule"),
    "one_to_one": (lambda w: w.sim.connect(w.a, w.b, rule=bp.one_to_one), "groups of equal size, got 5 and 3"),
    "K": (lambda w: bp.fixed_indegree(-1), "K must be an int that is not negative"),
    "K above the pool": (
        lambda w: w.sim.connect(w.a, w.b, rule=bp.fixed_indegree(6), allow_multapses=False), "between 0 and 5, got 6"
    ),
    "p": (lambda w: bp.pairwise_bernoulli(1.5), "probability must be between 0 and 1"),
    "lists": (lambda w: bp.explicit_edges([1, 2], [3]), "lists of equal length"),
    "floats": (lambda w: bp.explicit_edges([1.5], [3]), "pre must hold ints"),
    "edges outside": (lambda w: w.sim.connect(w.a, w.b, rule=bp.explicit_edges([5], [0])), "lie between 0 and 4"),
    "comm": (lambda w: w.sim.connect(w.a, w.b, comm="csr"), "comm must be 'dense' or 'sparse'"),
    "weight": (lambda w: w.sim.connect(w.a, w.b, weight=[1.0, 2.0]), "one for each of 15 edges"),
    "unit of a weight": (lambda w: w.sim.connect(w.a, w.b, weight="3 pA"), r"iaf_psc_exp -> iaf_cond_exp: weight must"),
    "delay": (lambda w: w.sim.connect(w.a, w.b, delay=-1.0), "delay must be finite and not negative"),
    "no port": (lambda w: w.sim.connect(w.a, w.multi), "must be a port from 1 to 2, or 'uniform', got None"),
    "port": (lambda w: w.sim.connect(w.a, w.multi, receptor_type=3), "must be a port from 1 to 2"),
    "port by sign": (lambda w: w.sim.connect(w.a, w.b, receptor_type=5), r"is 0 \(by sign\), 1 or 2, got 5"),
    "positions of a rule": (
        lambda w: w.sim.connect(w.a, w.b, rule=bp.spatial_pairwise_bernoulli(0.5)), "needs positions, and pre"
    ),
    "get_position": (lambda w: w.sim.get_position(w.a), "iaf_psc_exp was created without positions"),
    "synapse": (lambda w: w.sim.connect(w.a, w.b, synapse="stdp_synapse"), "synapse must be a synapse model"),
    "synapse parameter": (lambda w: bp.stdp_synapse(lambda_m=1.0), "did you mean 'lambda_'"),
    "missing transmitter": (lambda w: w.sim.connect(w.a, w.b, synapse=bp.stdp_dopamine_synapse()), "vt is missing"),
    "transmitter": (
        lambda w: w.sim.connect(w.a, w.b, synapse=bp.stdp_dopamine_synapse(), vt=w.a), "vt must be a volume_transmitter"
    ),
    "sic from a neuron": (lambda w: w.sim.connect(w.a, w.b, synapse=bp.sic_connection()), "needs an astrocyte"),
    "sic to a neuron without": (
        lambda w: w.sim.connect(w.astro, w.b, synapse=bp.sic_connection()), "takes no slow inward current"
    ),
    "astrocyte as source": (lambda w: w.sim.connect(w.astro, w.a), "astrocyte_lr_1994 does not spike"),
    "current to a parrot": (
        lambda w: w.sim.connect(w.sim.create(bp.dc_generator), w.sim.create(bp.parrot_neuron)), "takes no current"
    ),
    "gap junction of a neuron without": (
        lambda w: w.sim.connect(w.a, w.a, synapse=bp.gap_junction()), "hh_psc_alpha_gap neurons, not iaf_psc_exp"
    ),
    "one-sided gap junction": (
        lambda w: w.sim.connect(
            *[w.sim.create(bp.hh_psc_alpha_gap, 3)] * 2, rule=bp.explicit_edges([0], [1]), synapse=bp.gap_junction()
        ),
        "in both directions",
    ),
    "delay of a gap junction": (
        lambda w: w.sim.connect(*[w.sim.create(bp.hh_psc_alpha_gap, 3)] * 2, delay=1.0, synapse=bp.gap_junction()),
        "gap_junction takes no delay",
    ),
    "pool": (lambda w: bp.third_factor_bernoulli_with_pool(pool_type="blocks"), "must be 'random' or 'block'"),
    "window": (lambda w: w.sim.create(bp.host_spike_drive, 2), "window must be an int of at least 1, got None"),
    "duration": (lambda w: w.sim.simulate(-1.0), "must be finite and not negative"),
    "grid": (lambda w: bp.spatial.grid([3]), "two or three positive ints"),
    "mask": (lambda w: bp.spatial_pairwise_bernoulli(0.5, mask=1.0), "mask must be a mask"),
    "membrane": (lambda w: w.sim.create(bp.iaf_psc_exp, C_m=0.0), r"create\(iaf_psc_exp\): C_m must be above 0, got 0"),
    "time constant": (
        lambda w: w.sim.create(bp.iaf_psc_exp, 2, tau_m=[1.0, -3.0]), "tau_m must be above 0, got -3"
    ),
    "reset above threshold": (lambda w: w.sim.create(bp.iaf_psc_exp, V_th=-80.0), "V_reset must be below V_th"),
    "reset above peak": (lambda w: w.sim.create(bp.aeif_cond_exp, V_reset=1.0), "V_reset must be below V_peak"),
    "NaN": (lambda w: w.sim.create(bp.iaf_psc_exp, I_e=float("nan")), "I_e must not be NaN"),
    "rate": (lambda w: w.sim.create(bp.poisson_generator, rate=-1.0), "rate must not be negative, got -1"),
    "rates": (
        lambda w: w.sim.create(bp.inhomogeneous_poisson_generator, rate_times=[1.0], rate_values=[-5.0]),
        "rate_values must not be negative, got -5",
    ),
    "utilisation": (lambda w: bp.tsodyks_synapse(U=1.5), "tsodyks_synapse: U must be between 0 and 1, got 1.5"),
    "sign of Wmax": (
        lambda w: w.sim.connect(w.a, w.a, synapse=bp.stdp_synapse(Wmax=-5.0), weight=3.0),
        "stdp_synapse: weight and Wmax must have the same sign",
    ),
    "unit of Wmax": (
        lambda w: w.sim.connect(w.a, w.a, synapse=bp.stdp_synapse(Wmax="5 mV")), "stdp_synapse: Wmax must"
    ),
    "mean of a rule": (lambda w: bp.pairwise_poisson(-1.0), "pairwise_avg_num_conns must not be negative"),
    "symmetric rule": (
        lambda w: w.sim.connect(w.a, w.b, rule=bp.symmetric_bernoulli(0.5)), "connect: rule symmetric_bernoulli: "
    ),
    "flag": (lambda w: w.sim.connect(w.a, w.a, allow_autapses="no"), "allow_autapses must be True or False, not 'no'"),
    "recorder of weights": (
        lambda w: bp.stdp_synapse(weight_recorder=w.rec), "must be what create\\(weight_recorder\\) returned"
    ),
    "weight recorder connected": (
        lambda w: w.sim.connect(w.a, w.sim.create(bp.weight_recorder)), "synapses name their weight_recorder"
    ),
    "step times": (
        lambda w: w.sim.connect(
            w.sim.create(bp.step_current_generator, amplitude_times=[2.0, 1.0], amplitude_values=[1.0, 2.0]), w.a
        ),
        "the times must increase",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_refused(case: str) -> None:
    action, message = CASES[case]
    with pytest.raises(rv.RanvierError, match=message):
        action(World())


def test_blocks_of_the_wrong_size() -> None:
    world = World()
    pool = bp.third_factor_bernoulli_with_pool(pool_size=2, pool_type="block")
    with pytest.raises(ValueError, match=r"n_post\*pool_size = 6 nodes, got 4"):
        world.sim.tripartite_connect(
            world.a, world.b, world.astro, conn_spec=bp.all_to_all, third_factor_conn_spec=pool
        )
    with pytest.raises(rv.RanvierError, match="did you mean 'third_in'"):
        world.sim.tripartite_connect(
            world.a, world.b, world.astro, conn_spec=bp.all_to_all, third_factor_conn_spec=pool,
            syn_specs={"third": {}},
        )  # fmt: skip
    with pytest.raises(NotImplementedError, match="with 2 segments as pre"):
        world.sim.tripartite_connect(
            world.a + world.b, world.b, world.astro, conn_spec=bp.all_to_all, third_factor_conn_spec=pool
        )


def test_a_third_arm_that_cannot_send_is_refused_before_any_is_made() -> None:
    world = World()
    pool = bp.third_factor_bernoulli_with_pool(pool_size=1, pool_type="random")
    arguments = dict(conn_spec=bp.all_to_all, third_factor_conn_spec=pool)
    with pytest.raises(rv.RanvierError, match=r"syn_specs\['third_out'\]: astrocyte_lr_1994 does not spike"):
        world.sim.tripartite_connect(world.a, world.b, world.astro, **arguments)
    assert len(world.sim.get_connections()) == 0


def test_results_that_were_not_recorded() -> None:
    world = World()
    world.sim.connect(world.meter, world.a)
    result = world.sim.simulate(1.0)
    with pytest.raises(KeyError, match=r"'g_ex' was not recorded by this voltmeter[\s\S]*recorded: V_m"):
        result.trace(world.meter, "g_ex")
    with pytest.raises(KeyError, match="recorded no spikes"):
        result.spikes(world.rec)
    static = world.sim.connect(world.a, world.b)
    with pytest.raises(TypeError, match="record_weight"):
        world.sim.record_weight(static)
    with pytest.raises(KeyError, match="were not recorded"):
        result.weight_trace(static)


def test_refusals_leave_the_simulator_as_it_was() -> None:
    world = World()
    for action, _ in CASES.values():
        with pytest.raises(rv.RanvierError):
            action(world)
    assert len(world.sim.get_connections()) == 0
    world.sim.connect(world.meter, world.a)
    assert np.all(world.sim.simulate(2.0).trace(world.meter) == -70.0)


def test_a_neuron_has_one_history() -> None:
    world = World()
    post = world.sim.create(bp.aeif_psc_delta_clopath, 2)
    world.sim.connect(world.a, post, synapse=bp.clopath_synapse(), delay=1.0)
    with pytest.raises(rv.RanvierError, match="a delay of 1 ms takes that delay, not 2 ms"):
        world.sim.connect(world.a, post, synapse=bp.clopath_synapse(), delay=2.0)
    post = world.sim.create(bp.aeif_psc_delta_clopath, 2, delay_u_bars=0.0)
    with pytest.raises(rv.RanvierError, match="delay_u_bars of aeif_psc_delta_clopath must be one value of at least"):
        world.sim.connect(world.a, post, synapse=bp.clopath_synapse())
