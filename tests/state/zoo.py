"""Small networks, one for each thing that may influence the future, for the tests of store, save and reset.

Run as a script it is the other process: ``zoo.py folder`` continues every file in the folder and writes what became
of it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import ranvier as rv

LIF = rv.Neuron(
    "tau = 20.0\nI = 14.0 : population",
    "tau*dv/dt = I - v + g_exc - g_inh\n5.0*dg_exc/dt = -g_exc : exponential",
    spike="v > 10.0",
    reset="v = 0.0",
    refractory=2.0,
)
NOISY = rv.Neuron(
    "tau = 10.0", "dv/dt = (g_exc + 1.3 + 0.5*Uniform(0.0, 1.0) - v)/tau", spike="v > 1", reset="v = 0"
)


def lif(net: rv.Network) -> None:
    pop = net.create((5, 8), LIF, name="cells", stop_condition="v > 1e6 : any")
    pop.v = "8.0*rand()"
    pop.refractory = rv.Uniform(1.0, 4.0)
    exc = net.connect(pop[:30], pop, "exc", name="exc")
    exc.fixed_probability(0.3, weights=rv.Uniform(0.0, 2.0), delays=rv.Uniform(0.5, 5.0))
    net.connect(pop[[31, 33, 35]], pop, "inh", name="inh").all_to_all(weights=3.0, delays=1.5)
    net.connect(pop.neuron(39), pop, "inh", name="one").all_to_all(weights=rv.Uniform(0.0, 1.0), delays=3.0)


def cobahh(net: rv.Network) -> None:
    neuron = rv.Neuron(
        parameters=dict(Cm="200 pF", gl="10 nS", g_na="20 uS", g_kd="6 uS", El="-60 mV", EK="-90 mV", ENa="50 mV",
                        VT="-63 mV", Ee="0 mV", Ei="-80 mV", tau_exc="5 ms", tau_inh="10 ms"),
        equations="""
            dv/dt = (gl*(El - v) + g_exc*(Ee - v) + g_inh*(Ei - v)
                     - g_na*(m*m*m)*h*(v - ENa) - g_kd*(n*n*n*n)*(v - EK))/Cm : volt
            dm/dt = alpha_m*(1 - m) - beta_m*m : 1
            dn/dt = alpha_n*(1 - n) - beta_n*n : 1
            dh/dt = alpha_h*(1 - h) - beta_h*h : 1
            dg_exc/dt = -g_exc/tau_exc : siemens
            dg_inh/dt = -g_inh/tau_inh : siemens
            alpha_m = 0.32*(mV**-1)*4*mV/exprel((13*mV - v + VT)/(4*mV))/ms : Hz
            beta_m  = 0.28*(mV**-1)*5*mV/exprel((v - VT - 40*mV)/(5*mV))/ms : Hz
            alpha_h = 0.128*exp((17*mV - v + VT)/(18*mV))/ms : Hz
            beta_h  = 4.0/(1 + exp((40*mV - v + VT)/(5*mV)))/ms : Hz
            alpha_n = 0.032*(mV**-1)*5*mV/exprel((15*mV - v + VT)/(5*mV))/ms : Hz
            beta_n  = 0.5*exp((10*mV - v + VT)/(40*mV))/ms : Hz
        """,
        spike="v > -20*mV",
        refractory="3 ms",
    )  # fmt: skip
    pop = net.create(60, neuron, name="cells")
    pop.v = "El + (randn()*5 - 5)*mV"
    pop.g_exc = "(randn()*1.5 + 4)*10*nS"
    pop.g_inh = "(randn()*12 + 20)*10*nS"
    net.connect(pop[:48], pop, "exc", name="e").fixed_probability(0.2, weights="6 nS", delays=0.3)
    net.connect(pop[48:], pop, "inh", name="i").fixed_probability(0.2, weights="67 nS", delays=0.7)


def inputs(net: rv.Network) -> None:
    cells = net.create(20, LIF, name="cells")
    noise = net.create(rv.PoissonPopulation(30, rates=rv.Uniform(50.0, 200.0), refractory=1.0), name="noise")
    wave = net.create(rv.PoissonPopulation(10, rates="100.0*(1.0 + sin(2*pi*t/20.0))"), name="wave")
    timed = net.create(rv.TimedPoissonPopulation(5, [10.0, 400.0, 50.0], schedule=7.0, period=21.0), name="timed")
    given = net.create(rv.SpikeSourceArray([[1.0, 12.05, 30.0, 31.0], [4.0, 29.0]]), name="given")
    for n, source in enumerate((noise, wave, timed, given)):
        net.connect(source, cells, "exc", name=f"from{n}").all_to_all(
            weights=rv.Uniform(0.0, 1.0), delays=rv.Uniform(0.1, 4.0)
        )


def timed_array(net: rv.Network) -> None:
    stimulus = rv.TimedArray([[0.0, 5.0, 20.0], [30.0, 1.0, 2.0], [14.0, 15.0, 16.0]], schedule=6.0, period=18.0)
    neuron = rv.Neuron(
        "tau = 10.0", "tau*dv/dt = stim(t, i) - v", spike="v > 8", reset="v = 0", namespace=dict(stim=stimulus)
    )
    net.create(3, neuron, name="cells")


def stdp(net: rv.Network) -> None:
    noise = net.create(rv.PoissonPopulation(40, rates=80.0), name="noise")
    cells = net.create(10, NOISY, name="cells")
    synapse = rv.Synapse(
        "tau = 20.0 : projection",
        "tau*dx/dt = -x : event-driven\ntau*dy/dt = -y : event-driven",
        pre_spike="g_target += w\nx += 0.01\nw = clip(w - y, 0.0, 1.0)",
        post_spike="y += 0.011\nw = clip(w + x, 0.0, 1.0)",
    )
    net.connect(noise, cells, "exc", synapse, name="dense").all_to_all(weights=rv.Uniform(0.0, 1.0), delays=1.0)
    sparse = net.connect(noise, cells, "exc", rv.models.STDP(w_max=1.0, A_plus=0.05), name="sparse")
    sparse.fixed_probability(0.4, weights=rv.Uniform(0.0, 1.0), delays=rv.Uniform(0.1, 3.0))
    online = net.connect(cells, cells, "exc", rv.models.STDP_online(w_max=1.0), name="online")
    online.fixed_probability(0.5, weights=0.5, delays=2.0)
    online.enable_learning(period=0.5, offset=0.2)


def stp(net: rv.Network) -> None:
    pre = net.create(8, NOISY, name="pre")
    post = net.create(6, LIF, name="post")
    net.connect(pre, post, "exc", rv.models.STP(), name="stp").all_to_all(weights=2.0, delays=rv.Uniform(0.1, 2.0))


def rates(net: rv.Network) -> None:
    neuron = rv.Neuron("tau = 10.0", "dr/dt = (sum(exc) - sum(inh) + base + randn() - r)/tau\nbase = 1.0 + 0.1*i")
    a, b = net.create(30, neuron, name="a"), net.create(7, neuron, name="b")
    a.r = rv.Uniform(0.0, 1.0)
    plain = rv.Synapse(psp="w*pre.r")
    hebb = rv.Synapse("eta = 0.01 : projection", "dw/dt = eta*(pre.r - mean(pre.r))*post.r")
    net.connect(a, b, "exc", plain, name="late").fixed_probability(
        0.5, weights=rv.Uniform(-1, 1), delays=rv.DiscreteUniform(1, 6)
    )
    net.connect(b, a, "inh", plain, name="dense").all_to_all(weights=rv.Uniform(-0.1, 0.1), delays=3.0)
    net.connect(a, b, "exc", hebb, name="hebb").all_to_all(weights=rv.Uniform(0.0, 0.1))


def events(net: rv.Network) -> None:
    neuron = rv.Neuron(
        "tau = 20.0",
        "was = v > 0.5 : bool\ntau*dv/dt = 1.5 - v + g_exc\nn = n : int\nq : 1",
        spike="v > 1",
        reset="v = 0",
        refractory=1.0,
        events={"up": "v > 0.5 and not was"},
        axon_spike="rand() < 0.01",
    )
    pop = net.create(40, neuron, name="cells")
    pop.v = rv.Uniform(-0.5, 1.0)
    pop.run_on_event("up", "q += rand()")
    pop.run_regularly("v += 0.01*randn()", period=1.3, offset=0.4)
    pop.run_on_event("spike", "q *= 0.5")
    synapse = rv.Synapse(
        equations="x : float\nz : float",
        pre_spike={"a": "g_target += w", "b": "x += 1"},
        pre_axon_spike="post.v += 0.01*w",
        post_spike="z += 1",
        on_event={"b": "up", "post": "axon_spike"},
    )
    proj = net.connect(pop, pop, "exc", synapse, name="paths")
    proj.fixed_probability(0.2, weights=rv.Uniform(0.0, 1.0), delays=rv.Uniform(0.1, 2.0))
    net.monitor(pop, ["up", "axon_spike"], name="events")


def pathways(net: rv.Network) -> None:
    pop = net.create(20, NOISY, name="cells")
    synapse = rv.Synapse(
        "tau = 20.0",
        "dx/dt = -x/tau : event-driven\ny : init=0.0\nz = 0.9*z + 0.01*y",
        pre_spike={"a": "g_target += 0.1*w*(1 + 0.1*rand())\nx += 1\nw += 0.01*delay : unless_post", "b": "y += x"},
        post_spike={"c": "w -= 0.01*y", "d": "x -= 0.1*z\ny *= 0.9"},
    )
    delays = {"a": rv.DiscreteUniform(1, 4), "b": rv.DiscreteUniform(2, 5)}
    back = {"c": 2.0, "d": rv.DiscreteUniform(0, 3)}
    for same in (False, True):
        proj = net.connect(pop, pop, "exc", synapse, name=f"p{same:d}", same_step=same)
        proj.fixed_probability(0.5, weights=rv.Uniform(0, 1), delays=delays, post_delays=back)


def gap_junctions(net: rv.Network) -> None:
    neuron = rv.Neuron("tau = 10.0", "tau*dv/dt = 1.2 + 0.3*randn() - v + gap\ngap : 1", spike="v > 1", reset="v = 0")
    pop = net.create(12, neuron, name="cells")
    gap = rv.Synapse(equations="gap_post = w*(v_pre - v_post) : 1 (summed)")
    net.connect(pop, pop, "", gap, name="gaps").fixed_probability(0.4, weights=rv.Uniform(0.0, 0.2))


def multapses(net: rv.Network) -> None:
    pop = net.create(10, NOISY, name="cells")
    twice = net.connect(pop, pop, "exc", name="twice")
    pre, post = np.tile(np.arange(10), 4), np.repeat(np.arange(4), 10)
    twice.from_function(lambda a, b: (np.r_[pre, pre], np.r_[post, post]))
    twice.w = rv.Uniform(0.0, 1.0)
    twice.delay = rv.DiscreteUniform(1, 3)


def linked(net: rv.Network) -> None:
    net.constant("strength", 0.25)
    leader = net.create(3, rv.Neuron("", "dx/dt = -x/7.0 + 0.1*randn()\nr = x"), name="leader")
    equations = "y : 1 (linked)\ntau*dv/dt = 1.2 + y + strength - v"
    follower = rv.Neuron("tau = 5.0", equations, spike="v > 1", reset="v = 0")
    pop = net.create(6, follower, name="pop")
    pop.link("y", leader, "x", index=[0, 1, 2, 2, 1, 0])
    pop.positions = np.arange(12.0).reshape(6, 2)


def delays_changed(net: rv.Network) -> None:
    pop = net.create(15, NOISY, name="cells")
    late = net.connect(pop, pop, "exc", name="late")
    late.fixed_probability(0.5, weights=rv.Uniform(0.0, 1.0), delays=rv.Uniform(2.0, 9.0))

    @net.every(period=3.3, wait=12.0)
    def change(n: int) -> None:
        if n < 3:
            late.delay = rv.Uniform(0.1 + n, 4.0 + n)


def firing_rate(net: rv.Network) -> None:
    pop = net.create(70, NOISY, name="cells")
    pop.compute_firing_rate(window=15.0)
    proj = net.connect(pop, pop, "exc", rv.Synapse(pre_spike="g_target += w*0.01*pre.r"), name="c")
    proj.fixed_probability(0.1, weights=0.5, delays=1.0)


def linked_synapses(net: rv.Network) -> None:
    signal = net.create(1, rv.Neuron("tau = 5.0", "tau*ds/dt = 1.0 + randn() - s", spike="False"), name="signal")
    pop = net.create(6, NOISY, name="cells")
    synapse = rv.Synapse("", "s : linked, projection\nw += 0.001*s", pre_spike="g_target += 0.1*w*s")
    proj = net.connect(pop, pop, "exc", synapse, name="c").all_to_all(weights=1.0, delays=1.0)
    proj.link("s", signal, "s")
    each = net.connect(pop, pop, "exc", rv.Synapse("", "v_in : linked\nw += 0.0001*v_in"), name="each")
    each.all_to_all(weights=0.01, delays=rv.Uniform(0.5, 3.0))
    each.link("v_in", pop, "v", index=np.arange(30) % 6)


def synapse_ends(net: rv.Network) -> None:
    """Synapses that drive astrocytes, astrocytes that change synapses, and a reward, while delays change."""
    pop = net.create(12, NOISY, name="cells")
    glia = net.create(3, rv.Neuron("tau = 9.0", "tau*dG/dt = Y - G\nY : init=0.0\nr = G"), name="glia")
    release = rv.Synapse(
        "", "dY/dt = -Y/10.0\nm : init=0.0\nG : init=0.0", pre_spike="Y += 1.0\ng_target += w*(1 + m + G)\nm *= 0.9"
    )
    made = net.connect(pop, pop, "exc", release, name="made").fixed_probability(0.4, weights=0.1, delays=1.0)
    to_glia = rv.Synapse(equations="Y_post = Y_pre/N_incoming : 1 (summed)")
    net.connect(made, glia, "", to_glia, name="sum").where("i % 3 == j")
    net.connect(glia, made, "", rv.Synapse(equations="G_post = G_pre : 1 (summed)"), name="back").where("j % 3 == i")
    reward = net.create(population=rv.PoissonPopulation(2, rates=80.0), name="reward")
    net.connect(reward, made, "", rv.Synapse(pre_spike="m_post += 0.5"), name="dose").fixed_probability(0.5, delays=2.0)

    @net.every(period=3.3, wait=12.0)
    def change(n: int) -> None:
        if n < 3:
            made.delay = rv.Uniform(0.1 + n, 4.0 + n)


def devices(net: rv.Network) -> None:
    rates = rv.Neuron("tau = 5.0", "tau*dr/dt = sum(exc) - r", name="read")
    bars = net.create(rv.TimedArray(np.eye(4), schedule=[0.0, 5.0, 11.0, 20.5], period=26.0), name="bars")
    cells = net.create(10, NOISY, name="cells")
    reader = net.create(4, rates, name="reader")
    net.connect(rv.DecodingProjection(cells, reader, "exc", window=4.0), name="decoded").all_to_all(0.5)
    net.connect(bars, reader, "exc", name="shown").one_to_one(weights=0.3)
    net.connect(rv.CurrentInjection(bars, cells[:4], "exc"), name="injected").connect_current()
    hidden = net.create(rv.HomogeneousCorrelatedSpikeTrains(8, rates=60.0, corr=0.4, tau=5.0), name="together")
    net.connect(hidden, cells, "exc", name="from_together").all_to_all(weights=0.1, delays=1.0)


def switched(net: rv.Network) -> None:
    off = net.create(5, NOISY, name="off")
    on = net.create(5, NOISY, name="on")
    net.connect(on, on, "exc", rv.models.STDP(w_max=1.0), name="frozen").all_to_all(weights=0.5, delays=1.0)
    off.disable()
    net.get_projection("frozen").disable_learning()


def structure(net: rv.Network) -> None:
    """Synapses go and come by rules, by draws and from outside; what is on its way to them goes with them."""
    pop = net.create(12, NOISY, name="cells")
    synapse = rv.Synapse(
        "",
        "age = age + dt",
        pre_spike="g_target += 0.2*w\nw += 0.01",
        pruning="age > 6.0 : proba=0.1",
        creating="pre.v > 0.5 : proba=0.01, w=0.4, d=2.0",
    )
    going = net.connect(pop, pop, "exc", synapse, name="going")
    going.fixed_probability(0.5, weights=rv.Uniform(0.0, 1.0), delays=rv.Uniform(0.5, 4.0))
    stdp = net.connect(pop, pop, "exc", rv.models.STDP(w_max=1.0, A_plus=0.05), name="learning")
    stdp.fixed_probability(0.5, weights=rv.Uniform(0.0, 1.0), delays=1.0)
    net.start_pruning(going, period=1.3)
    net.start_creating(going, period=0.7)


def filters(net: rv.Network) -> None:
    """Connections that share weights, and a projection that uses those of another one."""
    rate = rv.Neuron("tau = 10.0", "tau*dr/dt = 0.1*sum(exc) + rand() - r")
    image = net.create((8, 8), rate, name="image")
    small, pooled = net.create((8, 8), rate, name="small"), net.create((4, 4), rate, name="pooled")
    other = net.create((8, 8), rate, name="other")
    kernel = np.arange(9.0).reshape(3, 3) / 10 - 0.3
    net.connect(rv.Convolution(image, small, "exc"), name="filter").connect_filter(kernel, delays=0.4)
    net.connect(rv.Pooling(image, pooled, "exc", operation="max"), name="pool").pooling()
    learning = rv.Synapse("eta = 0.01", "dw/dt = eta*pre.r*post.r : max=1.0", psp="0.1*w*pre.r")
    first = net.connect(image, small, "exc", learning, name="first")
    first.fixed_probability(0.2, weights=rv.Uniform(0.0, 0.1))
    net.connect(rv.Copy(image, other, "exc"), name="again").copy(first)
    net.connect(rv.Transpose(first, "exc"), name="back").transpose()


def recorders(net: rv.Network) -> None:
    """Values of synapses at events, while delays change and spikes are on their way; samples at given times."""
    noise = net.create(rv.PoissonPopulation(20, rates=80.0), name="noise")
    cells = net.create(6, NOISY, name="cells")
    proj = net.connect(noise, cells, "exc", rv.models.STDP(w_max=1.0, A_plus=0.05), name="plastic")
    proj.all_to_all(weights=rv.Uniform(0.0, 1.0), delays=1.0)
    late = net.connect(noise, cells, "exc", rv.models.STDP(w_max=1.0, A_plus=0.05), name="late")
    late.fixed_probability(0.5, weights=rv.Uniform(0.0, 1.0), delays=rv.Uniform(0.1, 5.0))
    net.monitor(proj, "w", at=["pre", "post"], name="all_events")
    net.monitor(proj.dendrite(2), "w", at="pre", when="before", name="some_events")
    net.monitor(late, ["w", "x"], at="post", name="computed")
    net.monitor(late, "w", times=[1.0, 2.5, 22.0, 34.1, 40.0], name="given")


ZOO: dict[str, Callable[[rv.Network], None]] = {
    f.__name__: f
    for f in (lif, cobahh, inputs, timed_array, stdp, stp, rates, events, pathways, gap_junctions, multapses, linked,
              delays_changed, firing_rate, linked_synapses, synapse_ends, devices, switched,
              structure, filters, recorders)
}  # fmt: skip


def build(name: str, seed: int = 11, **options: Any) -> rv.Network:
    """Return a network of the zoo, with a monitor for every population."""
    net = rv.Network(dt=0.1, seed=seed, **options)
    ZOO[name](net)
    for population in net.get_populations():
        traced = [v for v in population.variables if v not in ("g_exc", "g_inh")][:1]
        names = [*traced, *(["spike"] if population.spiking else [])]
        net.monitor(population, names, period=0.3, name=f"m_{population.name}")
    return net


def everything(net: rv.Network) -> dict[str, Any]:
    """Return all that can be seen of a network, as arrays."""
    found: dict[str, Any] = {"clock": np.array(net.current_step)}
    for owner, values in net.get_states().items():
        found |= {f"{owner}.{name}": np.asarray(value) for name, value in values.items()}
    for projection in net.get_projections():
        found[f"{projection.name}.delay"] = np.asarray(projection.delay)
        found[f"{projection.name}.pre"] = np.concatenate([[0], *projection.pre_ranks]).astype(np.int64)
    for monitor in net.get_monitors():
        for name, data in monitor.get(keep=True).items():
            if isinstance(data, rv.SynapticEvents):
                found |= {f"{monitor.name}.{name}.{part}": column for part, column in data._asdict().items()}
                continue
            if isinstance(data, dict):
                data = np.array([(step, rank) for rank, train in data.items() for step in train], np.int64)
            found[f"{monitor.name}.{name}"] = np.asarray(data)
    return found


def difference(a: dict[str, Any], b: dict[str, Any]) -> list[str]:
    """Return the names of what is not equal, bit for bit."""
    assert a.keys() == b.keys()
    return [k for k in a if a[k].shape != b[k].shape or a[k].dtype != b[k].dtype or a[k].tobytes() != b[k].tobytes()]


def forget(net: rv.Network) -> None:
    """Drop what monitors have in memory."""
    for monitor in net.get_monitors():
        monitor.reset()


if __name__ == "__main__":
    for path in sorted(Path(sys.argv[1]).glob("net_*")):
        duration = float(sys.argv[2])
        network = rv.Network.from_file(path)
        network.simulate(duration)
        np.savez(path.with_name(f"after_{path.name}.npz"), **everything(network))
        network.reset(populations=True, projections=True, synapses=True)
        network.simulate(duration)
        np.savez(path.with_name(f"reset_{path.name}.npz"), **everything(network))


def saved(tmp_path: Path, suffix: str = ".h5", name: str = "lif") -> tuple[rv.Network, Path]:
    """Return a network of the zoo that has run, and its file."""
    net = build(name)
    net.simulate(7.3)
    path = tmp_path / f"net{suffix}"
    net.save(path)
    return net, path
