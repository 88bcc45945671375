"""The kinds of values that files of networks may hold. What is not listed here is neither written nor read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import Registered, Source

from . import distributions
from .blueprint import RECORDS
from .connectivity import Connectivity
from .dense import DenseConnectivity
from .encoding import Codec, Kind, record
from .flight import Flight
from .functions import FUNCTIONS
from .history import Spikes
from .problems import FileProblem
from .quantities import is_pint, number
from .snapshots import NetworkState
from .sources import ModelText
from .state import MonitorState, PopulationState, ProjectionState
from .stimuli import SpikeTrains, TimedArray

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
    return {
        "values": table.values, "interval": table.interval, "period": table.period, "dimension": table.dimension,
    }  # fmt: skip


def _make_timed(values: Any, interval: float, period: float | None, dimension: Any) -> TimedArray:
    made = TimedArray(values, interval, period)
    made.dimension = dimension
    return made


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
    ),
    _plain,
)
