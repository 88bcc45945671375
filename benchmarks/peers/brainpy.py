"""brainpy.state and brainstate on JAX (CPU): float64, or float32 with ``--single`` (the peer's own default).

CUBA uses the peer's LIFRef and Expon; the other cells are written out on brainstate's State objects, event-driven
products by EventFixedProb (a fixed out-degree). `build` is tracing and XLA's compilation.
"""

# ruff: noqa: E402
from __future__ import annotations

import os
import time
import warnings

from benchmarks.worker import DT, Settings, Workload, serve, settings

GIVEN = settings()

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["NUMBA_NUM_THREADS"] = "1"
warnings.filterwarnings("ignore")
import jax
import jax.numpy as jnp
import numpy as np

if not GIVEN.single:
    jax.config.update("jax_enable_x64", True)
import brainpy
import brainstate
import braintools
import brainunit as u

if not GIVEN.single:
    brainstate.environ.set(precision=64)
IMPORTED = time.perf_counter()

F = jnp.float32 if GIVEN.single else jnp.float64
State = brainstate.State
C, GL, EL, EK, ENA, GNA, GK, VT, EE, EI = 200.0, 10.0, -60.0, -90.0, 50.0, 20000.0, 6000.0, -63.0, 0.0, -80.0


def ratio(x, k):
    """x/(exp(x/k) - 1), continuous at 0."""
    return jnp.where(jnp.abs(x) < 1e-4, k, x / jnp.expm1(x / k))


def exponential(x, a, b):
    """One step of dx/dt = a - b x with a and b held."""
    decay = jnp.exp(-b * DT)
    return x * decay + a / b * (1 - decay)


class HH(brainstate.nn.Module):
    """Traub-Miles cells; `current` gives what else flows: (a, b) of a - b v."""

    def __init__(self, n: int, rng: np.random.Generator):
        super().__init__()
        self.size = n
        self.v = State(jnp.asarray(EL + rng.standard_normal(n) * 5 - 5, F))
        self.m, self.n, self.h = (State(jnp.zeros(n, F)) for _ in range(3))
        self.last = State(jnp.full(n, -(10**6), jnp.int32))

    def advance(self, i, a, b):
        v, m, n, h = self.v.value, self.m.value, self.n.value, self.h.value
        na, kd = GNA * m * m * m * h, GK * n * n * n * n
        new = exponential(v, (GL * EL + na * ENA + kd * EK + a) / C, (GL + na + kd + b) / C)
        am, bm = 0.32 * ratio(13.0 - v + VT, 4.0), 0.28 * ratio(v - VT - 40.0, 5.0)
        ah, bh = 0.128 * jnp.exp((17.0 - v + VT) / 18.0), 4.0 / (1.0 + jnp.exp((40.0 - v + VT) / 5.0))
        an, bn = 0.032 * ratio(15.0 - v + VT, 5.0), 0.5 * jnp.exp((10.0 - v + VT) / 40.0)
        self.m.value, self.n.value, self.h.value = (
            exponential(m, am, am + bm),
            exponential(n, an, an + bn),
            exponential(h, ah, ah + bh),
        )
        self.v.value = new
        spikes = (new > -20.0) & (i - self.last.value > 30)
        self.last.value = jnp.where(spikes, i, self.last.value).astype(jnp.int32)
        return spikes


class Uncoupled(HH):
    synapses = 0

    def __init__(self, given: Settings):
        super().__init__(given.n, np.random.default_rng(given.seed))

    def update(self, i):
        return jnp.sum(self.advance(i, 500.0, 0.0))


class Cobahh(HH):
    def __init__(self, given: Settings):
        rng = np.random.default_rng(given.seed)
        super().__init__(given.n, rng)
        n, self.excitatory = given.n, given.n * 4 // 5
        self.synapses = int(0.02 * n) * n
        self.ge = State(jnp.asarray((rng.standard_normal(n) * 1.5 + 4) * 10, F))
        self.gi = State(jnp.asarray((rng.standard_normal(n) * 12 + 20) * 10, F))
        self.spikes = State(jnp.zeros(n, bool))
        self.exc = brainstate.nn.EventFixedProb(self.excitatory, n, conn_num=0.02, conn_weight=6.0)
        self.inh = brainstate.nn.EventFixedProb(n - self.excitatory, n, conn_num=0.02, conn_weight=67.0)

    def update(self, i):
        spikes = self.spikes.value
        ge = self.ge.value * np.exp(-DT / 5.0) + self.exc(spikes[: self.excitatory])
        gi = self.gi.value * np.exp(-DT / 10.0) + self.inh(spikes[self.excitatory :])
        self.spikes.value = self.advance(i, ge * EE + gi * EI, ge + gi)
        self.ge.value, self.gi.value = ge.astype(F), gi.astype(F)
        return jnp.sum(self.spikes.value)


class Cuba(brainstate.nn.Module):
    def __init__(self, given: Settings):
        super().__init__()
        n, self.excitatory = given.n, given.n * 4 // 5
        self.synapses = int(0.02 * n) * n
        self.cells = brainpy.state.LIFRef(
            n,
            V_rest=-49.0 * u.mV,
            V_th=-50.0 * u.mV,
            V_reset=-60.0 * u.mV,
            tau=20.0 * u.ms,
            tau_ref=5.0 * u.ms,
            V_initializer=braintools.init.Uniform(-60.0 * u.mV, -50.0 * u.mV),
        )

        def project(sources: int, weight: float, tau: float):
            # Expon's g is in mS; CUBA's scale of 1 V makes it mA, and R = 1 ohm makes that mV
            return brainpy.state.AlignPostProj(
                comm=brainstate.nn.EventFixedProb(sources, n, conn_num=0.02, conn_weight=weight * u.mS),
                syn=brainpy.state.Expon.desc(n, tau=tau * u.ms),
                out=brainpy.state.CUBA.desc(scale=u.volt),
                post=self.cells,
            )

        self.exc = project(self.excitatory, 1.62, 5.0)
        self.inh = project(n - self.excitatory, -9.0, 10.0)

    def update(self, i):
        with brainstate.environ.context(t=i * DT * u.ms, i=i):
            spikes = self.cells.get_spike() != 0.0
            self.exc(spikes[: self.excitatory])
            self.inh(spikes[self.excitatory :])
            self.cells(0.0 * u.mA)
            return jnp.sum(self.cells.get_spike() != 0.0)


class Brunel(brainstate.nn.Module):
    def __init__(self, given: Settings):
        super().__init__()
        n, self.excitatory = given.n, given.n * 4 // 5
        self.synapses = n * n // 10
        self.slots = 15
        self.decay = float(np.exp(-DT / 20.0))
        self.mean = 2.0 * 20.0 / (0.1 * 20.0) * DT
        self.v = State(jnp.asarray(np.random.default_rng(given.seed).random(n) * 20.0, F))
        self.last = State(jnp.full(n, -(10**6), jnp.int32))
        self.ring = State(jnp.zeros((self.slots, n), bool))
        self.exc = brainstate.nn.EventFixedProb(self.excitatory, n, conn_num=0.1, conn_weight=0.1)
        self.inh = brainstate.nn.EventFixedProb(n - self.excitatory, n, conn_num=0.1, conn_weight=-0.5)

    def update(self, i):
        slot = i % self.slots
        arrived = self.ring.value[slot]
        drive = 0.1 * brainstate.random.poisson(self.mean, self.v.value.shape)
        inputs = self.exc(arrived[: self.excitatory]) + self.inh(arrived[self.excitatory :]) + drive
        v = jnp.where((i - self.last.value) <= 20, self.v.value, self.v.value * self.decay + inputs)
        spikes = v > 20.0
        self.v.value = jnp.where(spikes, 10.0, v).astype(F)
        self.last.value = jnp.where(spikes, i, self.last.value).astype(jnp.int32)
        self.ring.value = self.ring.value.at[slot].set(spikes)
        return jnp.sum(spikes)


class Latency(brainstate.nn.Module):
    def __init__(self, given: Settings):
        super().__init__()
        n, self.excitatory = given.n, given.n * 4 // 5
        values = given.izhikevich
        self.synapses, self.a = n * n // 10, values["a"]
        self.v, self.u = State(jnp.full(n, -65.0, F)), State(jnp.full(n, -13.0, F))
        self.spikes = State(jnp.zeros(n, bool))
        self.I = jnp.asarray(values["drive"] * (0.5 + np.random.default_rng(given.seed).random(n)), F)
        self.exc = brainstate.nn.EventFixedProb(self.excitatory, n, conn_num=0.1, conn_weight=values["w"])
        self.inh = brainstate.nn.EventFixedProb(n - self.excitatory, n, conn_num=0.1, conn_weight=-2 * values["w"])

    def update(self, i):
        v, recovery, spikes = self.v.value, self.u.value, self.spikes.value
        inputs = self.exc(spikes[: self.excitatory]) + self.inh(spikes[self.excitatory :])
        new = v + DT * (0.04 * v * v + 5 * v + 140 - recovery + self.I) + inputs
        recovered = recovery + DT * self.a * (0.2 * v - recovery)
        fired = new >= 30
        self.v.value, self.u.value = jnp.where(fired, -65.0, new), jnp.where(fired, recovered + 8, recovered)
        self.spikes.value = fired
        return jnp.sum(fired)


class Rate(brainstate.nn.Module):
    def __init__(self, given: Settings):
        super().__init__()
        n, rng = given.n, np.random.default_rng(given.seed)
        self.synapses = n * n
        self.weights = State(jnp.asarray(rng.standard_normal((n, n)) * (1.5 / np.sqrt(n)), F))
        self.x = State(jnp.asarray(rng.standard_normal(n), F))

    def update(self, i):
        x = self.x.value
        self.x.value = (x + 0.1 * (self.weights.value @ jnp.tanh(x) - x)).astype(F)
        return jnp.std(x)


NETWORKS = {"cobahh": Cobahh, "hh": Uncoupled, "cuba": Cuba, "brunel": Brunel, "rate": Rate, "latency": Latency}


def build(given: Settings) -> Workload:
    """Build, trace and compile; one warm-up run, then back to the initial state."""
    brainstate.random.seed(given.seed)
    brainstate.environ.set(dt=given.dt * u.ms if given.workload == "cuba" else given.dt)
    net = NETWORKS[given.workload](given)
    brainstate.nn.init_all_states(net)
    steps = np.arange(round(given.t_ms / given.dt))
    loop = brainstate.transform.jit(lambda index: brainstate.transform.for_loop(net.update, index))
    result = []

    def run() -> None:
        result[:] = [loop(steps)]
        jax.block_until_ready(result[0])

    states = [*brainstate.graph.states(net).values()]
    initial = [jax.tree.map(jnp.array, state.value) for state in states]

    def restart() -> None:
        for state, value in zip(states, initial, strict=True):
            state.value = jax.tree.map(jnp.array, value)

    warm_up = 0.0
    if given.workload != "latency":
        run()
        start = time.process_time()
        run()
        warm_up = 2 * (time.process_time() - start)  # both runs; the first compiled too

    def count() -> float:
        recorded = np.asarray(result[0])
        return float(recorded[-1] if given.workload == "rate" else recorded.sum())

    return Workload(net.synapses, restart, run, count, warm_up)


if __name__ == "__main__":
    serve(GIVEN, IMPORTED, build, brainpy.__version__)
