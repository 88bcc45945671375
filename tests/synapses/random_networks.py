"""Networks with random projections: sizes, connectivity, duplicates, delays, models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from hypothesis import strategies as st

import ranvier as rv

RATE = rv.Neuron("tau = 10.0", "dr/dt = (tanh(sum(exc)) + 0.001*i + 0.2*Uniform(0.0, 1.0) - r)/tau")
CELL = rv.Neuron(
    "tau = 10.0",
    "dv/dt = (g_exc + I + 1.2 + 0.5*Uniform(0.0, 1.0) - v)/tau\nI : init=0.0",
    spike="v > 1",
    reset="v = 0",
)
FOR_RATES = [
    rv.Synapse(psp="w*pre.r"),
    rv.Synapse(psp="w*(pre.r - post.r)*delay", operation="mean"),
    rv.Synapse(psp="w*pre.r", operation="max"),
    rv.models.IBCM(eta=0.01, tau=20.0),
    rv.Synapse(equations="dw/dt = 0.01*(pre.r - mean(pre.r))*post.r + 0.01*xi : max=2.0\nc = max(post.r) : projection"),
]
FOR_CELLS = [
    rv.Synapse(equations="I_post = 0.1*w*(v_pre - v_post) : 1 (summed)"),
    rv.Synapse(equations="I_pre = 0.1*w*(v_post - v_pre)*delay + 0.01*j : 1 (summed)", pre_spike="g_target += 0.1*w"),
    rv.models.STDP(A_plus=0.1, A_minus=0.12),
    rv.models.STDP_online(),
    rv.Synapse(
        equations="dx/dt = -x/20 : event-driven\ns = 0.9*s : postsynaptic",
        pre_spike={"a": "g_target += 0.1*w*rand()\nx += 1", "b": "w = clip(w + 0.01*x, 0, 1)\ns += N_incoming"},
        post_spike="v_post *= 0.9\nw = clip(w - 0.01*s, 0, 1)",
    ),
]
DELAYS = st.one_of(st.integers(1, 6), st.just("many"))


@st.composite
def networks(
    draw: Any, before: Sequence[int] = (1, 7, 64, 530), after: Sequence[int] = (1, 5, 65)
) -> tuple[Callable[[rv.Network], None], str]:
    """Return a function that builds a network of one projection, and a precision; `before`, `after`: sizes."""
    n_pre, n_post = draw(st.sampled_from(before)), draw(st.sampled_from(after))
    spiking = draw(st.booleans())
    synapse = draw(st.sampled_from(FOR_CELLS if spiking else FOR_RATES))
    seed = draw(st.integers(0, 2**32 - 1))
    kind = draw(st.sampled_from(["all", "some", "duplicates"]))
    delays, again = draw(DELAYS), draw(st.booleans())
    recurrent = draw(st.booleans())
    same_step = spiking and draw(st.booleans())
    precision = draw(st.sampled_from(["double", "single"]))

    def build(net: rv.Network) -> None:
        rng = np.random.default_rng(seed)
        neuron = CELL if spiking else RATE
        post = net.create(n_post, neuron, name="post")
        pre = post if recurrent else net.create(n_pre, neuron, name="pre")
        projection = net.connect(pre, post, "exc", synapse, name="p", same_step=same_step)
        n = pre.size * post.size
        if kind == "all":
            projection.all_to_all(weights=rv.Uniform(0, 0.1), allow_self_connections=True)
        else:
            count = int(rng.integers(0, n + 1)) if kind == "some" else int(rng.integers(1, 20))
            flat = rng.choice(n, count, replace=kind == "duplicates")
            pairs = sp.coo_matrix((rng.random(count), (flat // post.size, flat % post.size)), (pre.size, post.size))
            projection.from_sparse(pairs)
        for _ in range(1 + again):
            many = rng.integers(1, 7, projection.nb_synapses).astype(float)
            projection.delay = many if delays == "many" else float(delays)

    return build, precision
