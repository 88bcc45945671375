"""The kinds of values that files of networks may hold. What is not listed here is neither written nor read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import Registered, Source

from ..connect.connectivity import Connectivity
from ..connect.dense import DenseConnectivity
from ..connect.shared_weights import SharedConnectivity, TurnedConnectivity
from ..definitions.functions import FUNCTIONS
from ..definitions.sources import ModelText
from ..groups import distributions
from ..groups.history import Spikes
from ..inputs.correlated import CorrelatedRates
from ..inputs.stimuli import ScheduledRates, SpikeTrains, TimedArray
from ..problems import FileProblem
from ..quantities import is_pint, number
from ..synapses.flight import Flight
from .blueprint import RECORDS
from .capture import MonitorState, PopulationState, ProjectionState
from .encoding import Codec, Kind, record
from .snapshots import NetworkState

_DISTRIBUTIONS = (
    distributions.Uniform, distributions.DiscreteUniform, distributions.Normal, distributions.LogNormal,
    distributions.Exponential, distributions.Gamma, distributions.Binomial, distributions.Poisson,
)  # fmt: skip


def _ascending(values: NDArray[Any], what: str) -> None:
    if values.ndim != 1 or values.dtype != np.int64 or np.any(np.diff(values) < 0):
        raise ValueError(what)


def _connectivity(
    n_pre: int, n_post: int, delays: Any, indptr: Any, target: Any, creation: Any
) -> Connectivity:
    """Return a connectivity after checking every index in it."""
    _ascending(delays, "delays")
    _ascending(indptr, "indptr")
    rows = indptr.size == n_pre * delays.size + 1 and indptr[0] == 0 and indptr[-1] == target.size
    if not rows or delays.size < 1 or delays[0] < 0:
        raise ValueError("row pointers")
    if target.ndim != 1 or target.dtype not in (np.uint16, np.uint32) or target.max(initial=0) >= max(n_post, 1):
        raise ValueError("targets")
    if creation is not None and not np.array_equal(np.sort(creation), np.arange(target.size)):
        raise ValueError("creation")
    return Connectivity(n_pre, n_post, delays, indptr, target, creation)


def _dense(n_pre: int, n_post: int, posts: Any, delay: int) -> DenseConnectivity:
    _ascending(posts, "posts")
    if not posts.size or posts[0] < 0 or posts[-1] >= n_post or delay < 0:
        raise ValueError("posts")
    return DenseConnectivity(n_pre, n_post, posts, delay)


def _registered(name: str, digest: str) -> Registered:
    """Return a function that is registered in this process; its code is never in a file."""
    found = FUNCTIONS.registered_in([name])
    advice = "functions come from Python, never from a file: call it as the script did that saved the network"
    if not found:
        raise FileProblem(
            f"The network calls the function '{name}', which is not registered here.",
            help=f"rv.register_function('{name}', ...) first; {advice}",
        )
    if found[0].body_digest != digest:
        raise FileProblem(f"The registered function '{name}' has another C body than when the file was saved.", advice)
    return found[0]


def _trains(trains: SpikeTrains) -> Mapping[str, Any]:
    times = [np.asarray(t, np.float64) for t in trains._trains]
    counts = np.array([t.size for t in times], np.int64)
    return {"owner": trains._owner, "times": np.concatenate([np.zeros(0), *times]), "counts": counts}


def _make_trains(owner: str, times: Any, counts: Any) -> SpikeTrains:
    if counts.min(initial=0) < 0 or counts.sum() != times.size:
        raise ValueError("counts")
    return SpikeTrains([t.tolist() for t in np.split(times, np.cumsum(counts)[:-1])], owner)


def _timed(table: TimedArray) -> Mapping[str, Any]:
    names = ("values", "geometry", "times", "interval", "period", "dimension", "name")
    return {name: getattr(table, name) for name in names}


def _make_timed(
    values: Any, geometry: Any, times: Any, interval: float, period: float | None, dimension: Any, name: str | None
) -> TimedArray:
    schedule = interval if times is None else times.tolist()
    made = TimedArray(np.asarray(values).reshape(len(values), *geometry), schedule, period, name=name)
    made.dimension = dimension
    return made


def _scheduled(given: ScheduledRates | CorrelatedRates) -> Mapping[str, Any]:
    own = {name: given.value(name) for name in given.names} | {"owner": given._owner}
    return {**own, "geometry": given._geometry} if isinstance(given, ScheduledRates) else own


def _shared(
    n_pre: int, n_post: int, delay: int, post: Any, pre: Any, element: Any, shape: Any, copies: int
) -> SharedConnectivity:
    """Return shared connections after checking every index in them."""
    limits = ((post, n_post), (pre, n_pre), (element, copies * int(np.prod(shape))))
    if delay < 0 or any(x.ndim != 1 or x.size != post.size for x, _ in limits):
        raise ValueError("connections")
    if any(x.min(initial=0) < 0 or x.max(initial=0) >= max(limit, 1) for x, limit in limits):
        raise ValueError("indices of connections")
    return SharedConnectivity(n_pre, n_post, delay, post, pre.astype(np.int64), element, tuple(shape), copies)


def _plain(value: Any) -> Any:
    """Return a pint quantity as the number it stands for."""
    return number(value, "a quantity") if is_pint(value) else value


CODEC = Codec(
    (
        *(record(cls) for cls in (NetworkState, PopulationState, ProjectionState, MonitorState, Spikes, Flight)),
        *(record(cls) for cls in (*RECORDS, ModelText, Source, *_DISTRIBUTIONS)),
        Kind(
            Connectivity,
            lambda c: {k: getattr(c, k) for k in ("n_pre", "n_post", "delays", "indptr", "target", "creation")},
            _connectivity,
            shared=True,
        ),
        Kind(
            DenseConnectivity,
            lambda c: {"n_pre": c.n_pre, "n_post": c.n_post, "posts": c.posts, "delay": c.max_delay},
            _dense,
            shared=True,
        ),
        Kind(Registered, lambda f: {"name": f.name, "digest": f.body_digest}, _registered),
        Kind(SpikeTrains, _trains, _make_trains),
        Kind(TimedArray, _timed, _make_timed),
        Kind(ScheduledRates, _scheduled, ScheduledRates),
        Kind(CorrelatedRates, _scheduled, CorrelatedRates),
        Kind(TurnedConnectivity, lambda c: {"of": c.of}, TurnedConnectivity, shared=True),
        Kind(
            SharedConnectivity,
            lambda c: {
                "n_pre": c.n_pre, "n_post": c.n_post, "delay": c.max_delay, "post": c.target, "pre": c.by_post[2],
                "element": c.by_post[1], "shape": c.shape, "copies": c.copies,
            },
            _shared,
            shared=True,
        ),
    ),
    _plain,
)
