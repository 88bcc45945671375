"""The compiled engine and the compiled connectors (see `engine.h`, `connect.h`)."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ranvier.runtime.planning.plan import Plan, RunStatus

SOURCES: str

def aligned_empty(shape: int | tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Return an uninitialised C-contiguous array aligned to 64 bytes (2 MB with huge pages above 2 MB)."""

class Library:
    """A compiled model, loaded.

    Parameters
    ----------
    path : str
        The shared object. The dynamic loader keeps one copy per path in the process; it is released with the last
        `Library` and `Engine` that uses it.

    Raises
    ------
    OSError
        It cannot be loaded.
    ValueError
        It was built for another version of the engine.
    """

    path: str
    def __init__(self, path: str) -> None: ...
    def has(self, name: str) -> bool:
        """Tell whether the library exports the function `name`."""

class Engine:
    """Executes a `Plan` with compiled kernels.

    The arrays of the plan are checked once, here, and changed in place by `run`. At the start of every `run` the
    engine reads again: values in the arrays, `enabled` of populations and projections, `recorders` (the list, and
    `out`, `start`, `period` of each) and `nan_every`. Any other change of the plan needs a new engine.

    Parameters
    ----------
    plan : Plan
    threads : int
        They start when there is enough work for them; results do not depend on them.
    always : bool
        Divide whatever can be divided, however small it is (for tests).

    Raises
    ------
    ValueError
        An array of the plan has a wrong type, length, alignment or an index out of range; the message names it.
    TypeError
        A model of the plan is not loaded.
    """

    def __init__(self, plan: Plan, threads: int = 1, always: bool = False) -> None: ...
    def run(self, n_steps: int, progress: Callable[[int], object] | None = None) -> RunStatus:
        """Run steps until `n_steps` are done, a stop condition holds or a value is not finite.

        Every 20 ms or so, always between two steps, signals are handled and `progress(steps_done)` is called. What
        they raise (KeyboardInterrupt) is passed on; the network is then at a step boundary and can be continued.
        """

    def scan(self) -> RunStatus:
        """Look for NaN and infinity in the guarded arrays now: kind ``done`` or ``nan``."""

    def drain_spikes(self, k: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return (steps, ranks) of the spikes since the last call, by step and rank, and forget them."""

    def drain_synapses(self, k: int) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32], NDArray[Any]]:
        """Return (steps, pre, post, values) of a recorder of synapses since the last call, and forget them."""

    def pending_spikes(self, k: int) -> int:
        """Return how many spikes `drain_spikes` would return."""

    @property
    def bytes(self) -> int:
        """Memory that the engine itself holds."""

# Connectors. `pre` and `post` are ascending ranks (int32) in populations of `n_pre` and `n_post` neurons. They return
# (indptr, target): synapses sorted by (pre rank, post rank); `indptr` has n_pre + 1 elements, `target` is uint16 when
# n_post <= 65536, else uint32. `allow_self=False` leaves out pairs of equal rank (same population on both sides).
# Random draws depend on `key` and on the rank of the neuron whose row (or column) is drawn, so a part of the rows is
# the same whether or not the others are built, and with any number of threads.

def connect_all_to_all(
    pre: NDArray[np.int32],
    post: NDArray[np.int32],
    n_pre: int,
    n_post: int,
    *,
    allow_self: bool = True,
    threads: int = 1,
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Connect every pair."""

def connect_one_to_one(
    pre: NDArray[np.int32], post: NDArray[np.int32], n_pre: int, n_post: int
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Connect ``pre[k]`` to ``post[k]``; both have the same length."""

def connect_fixed_probability(
    pre: NDArray[np.int32],
    post: NDArray[np.int32],
    n_pre: int,
    n_post: int,
    probability: float,
    key: int,
    *,
    allow_self: bool = True,
    threads: int = 1,
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Connect each pair with a probability."""

def connect_fixed_number_pre(
    pre: NDArray[np.int32],
    post: NDArray[np.int32],
    n_pre: int,
    n_post: int,
    number: int,
    key: int,
    *,
    allow_self: bool = True,
    replace: bool = False,
    threads: int = 1,
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Give each postsynaptic neuron `number` presynaptic ones, all different unless `replace`."""

def connect_fixed_number_post(
    pre: NDArray[np.int32],
    post: NDArray[np.int32],
    n_pre: int,
    n_post: int,
    number: int,
    key: int,
    *,
    allow_self: bool = True,
    replace: bool = False,
    threads: int = 1,
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Give each presynaptic neuron `number` postsynaptic ones, all different unless `replace`."""

def sort_storage(
    pre: NDArray[np.int32],
    post: NDArray[np.int32],
    delay_steps: NDArray[np.int64] | int,
    n_pre: int,
    n_post: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any], NDArray[np.int64]]:
    """Sort synapses given in creation order into the storage order (pre, delay, post, creation).

    Returns
    -------
    indptr : ndarray of int64, shape (n_pre * len(delays) + 1,)
    delays : ndarray of int64
        The different delays, ascending.
    target : ndarray of uint16 or uint32
        Postsynaptic rank of each synapse, in storage order.
    order : ndarray of int64
        Creation number of each synapse, in storage order.
    """

def sort_delays(
    indptr: NDArray[np.int64], target: NDArray[Any], delay_steps: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any], NDArray[np.int64]]:
    """Sort rows that know no delays by the delay of each synapse.

    `indptr` has n_pre + 1 elements. Returns what `sort_storage` does, with the old positions as `order`.
    """

def post_index(
    indptr: NDArray[np.int64],
    n_delays: int,
    target: NDArray[Any],
    n_post: int,
    creation: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any]]:
    """Index stored synapses by (post, pre, creation), the order of all public arrays.

    `creation` is the `order` of `sort_storage`; it matters only for pairs connected more than once with different
    delays.

    Returns
    -------
    post_indptr : ndarray of int64, shape (n_post + 1,)
    order : ndarray of int64
        Storage index of each synapse.
    source : ndarray of uint16 or uint32
        Presynaptic rank of each synapse (uint16 when there are at most 65536 presynaptic neurons).
    """

class PairKernel:
    """The kernel of a connection text, with its arrays (None: one value per pair, given with each call)."""

    def __init__(
        self,
        library: Library,
        arrays: list[NDArray[Any] | None],
        shared: list[bool],
        keys: NDArray[np.uint64],
        n: int,
        n_post: int,
        step: int,
        dt: float,
    ) -> None: ...
    def run(self, pairs: dict[int, NDArray[Any]], seg: NDArray[np.int64], target: NDArray[np.uint32]) -> None:
        """Compute the pairs of segments: triples (first, last + 1, presynaptic rank) over postsynaptic ranks.

        `pairs` holds the arrays with one value per pair, the result among them, by number in the layout.
        """
