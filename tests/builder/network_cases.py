"""Networks for NEST and for the simulator: values in NEST's names and units, and the statistics of their spikes."""

from __future__ import annotations

from typing import Any

import numpy as np

#: Ten seeds; more where populations vary together, or in bursts: NEST's means of the column for seeds 0 to 9 are up to
#: 5 standard errors from its own of these.
SEEDS = {
    "brunel": range(10), "cuba": range(10), "coba": [*range(1000, 1010), *range(1020, 1030)],
    "column": range(1000, 1040),
}  # fmt: skip
#: What is left out of the statistics (ms).
SETTLING = 200.0
#: A network after Brunel (2000), tenfold smaller, with alpha-shaped currents: slow, asynchronous, irregular.
BRUNEL: dict[str, Any] = dict(
    n_ex=1000, n_in=250, k_ex=100, k_in=25, weight=80.0, g=6.0, delay=1.5, rate=5200.0, duration=1000.0,
    cell=dict(tau_m=20.0, C_m=250.0, t_ref=2.0, tau_syn_ex=0.5, tau_syn_in=0.5, V_th=-50.0, V_reset=-60.0),
)  # fmt: skip
#: Brette et al. (2007), benchmarks 2 and 1, after Vogels and Abbott (2005). Currents are those of the conductances at
#: a mean driving force: 0.27 nS at 60 mV, 4.5 nS at 20 mV. The first is active without input. The second would be so
#: for a time that depends on chance, so weak noise (Hz, excitatory) lights it again.
_CELL = dict(C_m=200.0, t_ref=5.0, V_th=-50.0, V_reset=-60.0, tau_syn_ex=5.0, tau_syn_in=10.0)
VOGELS_ABBOTT: dict[str, dict[str, Any]] = {
    "cuba": dict(model="iaf_psc_exp", cell=dict(E_L=-49.0, tau_m=20.0, **_CELL), weights=(16.2, -90.0), noise=0.0),
    "coba": dict(
        model="iaf_cond_exp", cell=dict(E_L=-60.0, g_L=10.0, E_ex=0.0, E_in=-80.0, **_CELL), weights=(6.0, -67.0),
        noise=100.0,
    ),
}  # fmt: skip
N_EX, N_IN, PROBABILITY, DURATION = 3200, 800, 0.02, 1000.0
#: Populations of the cortical column of Potjans and Diesmann (2014), at a tenth of the neurons and of the synapses of
#: each.
COLUMN = dict(L23E=2068, L23I=583, L4E=2192, L4I=548, L5E=485, L5I=106, L6E=1440, L6I=295)
#: Potjans and Diesmann (2014), tables 4 and 5: neurons, external inputs, probabilities (row: target, column: source).
FULL = np.array([20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948])
EXTERNAL = np.array([1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100])
CHANCE = np.array(
    [
        [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0000, 0.0076, 0.0000],
        [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0000, 0.0042, 0.0000],
        [0.0077, 0.0059, 0.0497, 0.1350, 0.0067, 0.0003, 0.0453, 0.0000],
        [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0000, 0.1057, 0.0000],
        [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0000],
        [0.0548, 0.0269, 0.0257, 0.0022, 0.0600, 0.3158, 0.0086, 0.0000],
        [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
        [0.0364, 0.0010, 0.0034, 0.0005, 0.0277, 0.0080, 0.0658, 0.1443],
    ]
)


def start(seed: int) -> np.ndarray:
    """Return the initial potentials of both networks."""
    return np.random.default_rng(seed).uniform(-60.0, -50.0, N_EX + N_IN)


def column_inputs() -> dict[str, Any]:
    """Return a column with every synapse and every input spike given, made of uniform numbers, for 200 ms."""
    rng = np.random.default_rng(2014)
    sizes = np.array(list(COLUMN.values()))
    ends = np.cumsum(sizes)
    weights = np.tile([277.7, -1110.8], (8, 4))
    weights[0, 2] *= 2.0
    pairs = np.argwhere(CHANCE > 0.0)
    columns: list[list[np.ndarray]] = [[], [], [], []]
    for target, source in pairs:
        n = round(np.log1p(-CHANCE[target, source]) / np.log1p(-1.0 / (FULL[target] * FULL[source])) / 100.0)
        u = rng.random((4, n))
        columns[0].append(ends[source] - sizes[source] + np.floor(u[0] * sizes[source]).astype(np.int64))
        columns[1].append(ends[target] - sizes[target] + np.floor(u[1] * sizes[target]).astype(np.int64))
        columns[2].append(weights[target, source] * (0.8 + 0.4 * u[2]))
        columns[3].append(np.round(0.1 * (1.0 + np.floor(u[3] * (14 if source % 2 else 29))), 1))
    source, target, weight, delay = (np.concatenate(column) for column in columns)
    noise = _counts(rng, np.repeat(8.0 * EXTERNAL * 0.1 * 1e-4, sizes), 2000)
    current = np.repeat([29.0, 112.4, 113.0, 115.0, 125.4, 151.7, 43.8, 153.7], sizes)
    return dict(
        model="iaf_psc_exp",
        cell=dict(
            tau_m=10.0, C_m=250.0, t_ref=2.0, E_L=-65.0, V_th=-50.0, V_reset=-65.0, tau_syn_ex=0.5, tau_syn_in=0.5
        ),
        V_m=-72.0 + 16.0 * rng.random(current.size), I_e=current, source=source, target=target, weight=weight,
        delay=delay, noise=noise, noise_weight=277.7,
    )  # fmt: skip


def coba_inputs() -> dict[str, Any]:
    """Return the network with conductances, every synapse and every input spike given, for 100 ms."""
    rng, case = np.random.default_rng(2007), VOGELS_ABBOTT["coba"]
    n = N_EX + N_IN
    source, target = np.nonzero(rng.random((n, n)) < PROBABILITY)
    weight = np.where(source < N_EX, *case["weights"])
    noise = _counts(rng, np.full(n, case["noise"] * 1e-4), 1000)
    return dict(
        model=case["model"], cell=case["cell"], V_m=-60.0 + 10.0 * rng.random(n), I_e=np.zeros(n), source=source,
        target=target, weight=weight, delay=np.full(source.size, 0.1), noise=noise, noise_weight=case["weights"][0],
    )  # fmt: skip


GIVEN = {"column": column_inputs, "coba": coba_inputs}


def _counts(rng: np.random.Generator, mean: np.ndarray, steps: int) -> np.ndarray:
    """Return Poisson numbers of each neuron in each step, from uniform ones."""
    terms = np.vstack([np.ones(mean.size), *(mean / k for k in range(1, 12))])
    below = np.cumsum(np.exp(-mean) * np.cumprod(terms, axis=0), axis=0)
    u = rng.random((steps, mean.size))
    return np.sum([(u >= limit).astype(np.int8) for limit in below], axis=0)


def statistics(times: np.ndarray, senders: np.ndarray, sizes: list[int], duration: float) -> list[float]:
    """Return the rate (Hz) of each population, then the mean coefficient of variation of the intervals of each.

    Populations are consecutive ranges of senders. Neurons with fewer than three spikes have no coefficient.
    """
    late = times > SETTLING
    times, senders = times[late], senders[late]
    order = np.lexsort((times, senders))
    times, senders = times[order], senders[order]
    starts = np.flatnonzero(np.diff(senders, prepend=-1))
    gaps = [np.diff(train) for train in np.split(times, starts[1:])] if times.size else []
    owners = senders[starts]
    rates, variations = [], []
    for first, size in zip(np.cumsum([0, *sizes[:-1]]), sizes, strict=True):
        rates.append(float(((senders >= first) & (senders < first + size)).sum() / size / (duration - SETTLING) * 1e3))
        mine = [
            gap.std() / gap.mean()
            for gap, owner in zip(gaps, owners, strict=True)
            if first <= owner < first + size and gap.size >= 2
        ]
        variations.append(float(np.mean(mine)) if mine else float("nan"))
    return rates + variations
