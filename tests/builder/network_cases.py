"""Networks for NEST and for the simulator: values in NEST's names and units, and the statistics of their spikes."""

from __future__ import annotations

from typing import Any

import numpy as np

#: Ten seeds, and 40 of the column, whose rates vary together: NEST's means of seeds 0 to 9 are up to 5 standard errors
#: from its own of these.
SEEDS = {"brunel": range(10), "cuba": range(10), "coba": range(10), "column": range(1000, 1040)}
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


def start(seed: int) -> np.ndarray:
    """Return the initial potentials of both networks."""
    return np.random.default_rng(seed).uniform(-60.0, -50.0, N_EX + N_IN)


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
