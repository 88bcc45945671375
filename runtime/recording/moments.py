"""Values of synapses at events: which events, and what is kept of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..planning.plan import SynapseRecorder
from ..problems import UnknownName, ValueProblem
from ..synapses.dendrite import Dendrite, SynapseView
from ..synapses.group import ranks_at
from ..synapses.projection import Projection

if TYPE_CHECKING:
    from .monitors import Monitor
    from .track import Track

#: What `at` may name besides single pathways.
SIDES = ("pre", "post")


class SynapticEvents(NamedTuple):
    """Values of a synaptic variable at events, in the order in which the events were processed.

    Attributes
    ----------
    step : ndarray of int64, shape (events,)
        The step in which the event reached the synapse.
    pre, post : ndarray of int64, shape (events,)
        Ranks of the neurons that the synapse connects.
    value : ndarray, shape (events,)
        The value right before or right after the code of the event.
    """

    step: NDArray[np.int64]
    pre: NDArray[np.int64]
    post: NDArray[np.int64]
    value: Any


@dataclass(frozen=True, slots=True)
class Moments:
    """Events of a projection at which values are recorded: pathways (``pre:<name>``), before or after their code."""

    at: tuple[str, ...]
    pathways: tuple[str, ...]
    before: bool

    @classmethod
    def of(cls, obj: object, at: Any, when: str, label: str) -> Moments:
        """Return what `at` and `when` of a monitor mean.

        Parameters
        ----------
        obj : Projection, Dendrite or SynapseView
        at : str or list of str
            ``"pre"``, ``"post"`` (all pathways of that side), ``"pre:<name>"`` or ``"post:<name>"``.
        when : {"after", "before"}
        label : str
            What errors call the monitor.

        Raises
        ------
        ValueProblem
            E501, the object has no synapses, or `at` or `when` is no such thing.
        UnknownName
            E502, there is no such pathway.
        """
        if not isinstance(obj, (Projection, Dendrite, SynapseView)):
            raise ValueProblem(
                f"{label}: at={at!r} is for synapses.", help="monitor a projection, a dendrite or a synapse"
            )
        if when not in ("after", "before"):
            raise ValueProblem(f"{label}: when must be 'after' or 'before', not {when!r}.")
        names = (at,) if isinstance(at, str) else tuple(at)
        projection = obj if isinstance(obj, Projection) else obj._projection
        known = projection._made.pathways
        for name in names:
            if name not in known and not (name in SIDES and any(p.startswith(f"{name}:") for p in known)):
                sides = [side for side in SIDES if any(p.startswith(f"{side}:") for p in known)]
                raise UnknownName(f"pathway of {projection._label}", str(name), (*sides, *known))
        chosen = tuple(p for p in known if any(name in (p, p.partition(":")[0]) for name in names))
        if not chosen:
            raise ValueProblem(f"{label}: at must name at least one pathway.")
        return cls(names, chosen, when == "before")


@dataclass(slots=True)
class EventTape:
    """Values at events: chunks of columns (steps, presynaptic ranks, postsynaptic ranks, values).

    `ends` are the two groups that the recorded projection connects.
    """

    dtype: np.dtype[Any]
    ends: tuple[Any, Any]
    chunks: list[tuple[NDArray[Any], ...]] = field(default_factory=list)
    taken: int = 0

    @property
    def count(self) -> int:
        """Number of values ever recorded since the last reset."""
        return self.taken + sum(len(chunk[0]) for chunk in self.chunks)

    @property
    def rate(self) -> int:
        """Bytes of memory that a value takes, with its step and two ranks."""
        return 16 + self.dtype.itemsize

    def take(self, steps: NDArray[Any], pre: NDArray[Any], post: NDArray[Any], values: NDArray[Any]) -> None:
        """Keep what an engine recorded, in the plan as it is now: it calls synapses that are an end by their places."""
        self.add(steps, ranks_at(self.ends[0], pre), ranks_at(self.ends[1], post), values)

    def add(self, *columns: NDArray[Any]) -> None:
        """Keep values."""
        if len(columns[0]):
            self.chunks.append(columns)

    def all(self) -> tuple[NDArray[Any], ...]:
        """Return the columns in memory."""
        empty = tuple(np.zeros(0, dtype) for dtype in (np.int64, np.int32, np.int32, self.dtype))
        whole = tuple(np.concatenate(column) for column in zip(empty, *self.chunks, strict=True))
        self.chunks = [whole] if len(whole[0]) else []
        return whole

    def clear(self, forget: bool = False) -> None:
        """Drop what is in memory; `forget` starts counting anew."""
        self.taken = 0 if forget else self.count
        self.chunks = []

    def truncate(self, count: int) -> None:
        """Discard values beyond the first `count` ever recorded, as far as they are in memory."""
        left = max(0, count - self.taken)
        self.chunks = [tuple(column[:left].copy() for column in self.all())] if left else []
        self.taken = min(self.taken, count)


class FileEventTape(EventTape):
    """As `EventTape`, in a file.

    Parameters
    ----------
    dtype : numpy dtype
    ends : (group, group)
        What the recorded projection connects.
    track : Track
    """

    def __init__(self, dtype: np.dtype[Any], ends: tuple[Any, Any], track: Track) -> None:
        super().__init__(dtype, ends)
        self.track = track

    @property
    def count(self) -> int:
        """Number of values ever recorded since the last reset."""
        return self.track.count

    def add(self, *columns: NDArray[Any]) -> None:
        """Write values."""
        self.track.add(*columns)

    def all(self) -> tuple[NDArray[Any], ...]:
        """Return the columns that have not been taken yet."""
        return self.track.read()

    def clear(self, forget: bool = False) -> None:
        """Take all values; `forget` starts a new segment of the file."""
        self.track.clear(forget)

    def truncate(self, count: int) -> None:
        """Go back to the first `count` values."""
        self.track.truncate(count)


def one_by_one(monitor: Monitor, name: str) -> bool:
    """Tell whether an event at one synapse may change what is recorded of another."""
    attribute = monitor._attribute(name)
    return name in monitor._readouts or (attribute.role == "variable" and attribute.locality != "local")


def synapse_recorder(
    monitor: Monitor, name: str, projections: Iterable[Projection], computed: int | None
) -> SynapseRecorder:
    """Return the plan of what a monitor records of one variable.

    Parameters
    ----------
    monitor : Monitor
    name : str
    projections : iterable of Projection
        All of the plan.
    computed : int, optional
        Number of the read-out in the plan, for a value that is not stored.
    """
    obj: Any = monitor.object
    projection = obj if isinstance(obj, Projection) else obj._projection
    attribute, moments = monitor._attribute(name), monitor._moments
    assert moments is not None
    select = None
    if obj is not projection:
        select = np.zeros(projection.connectivity.stored, np.uint8)
        select[obj._synapses] = 1
    place = "all" if attribute.block else "post" if attribute.locality == "post" else "synapse"
    return SynapseRecorder(
        [p.name for p in projections].index(projection.name), moments.pathways, moments.before, attribute.data, place,
        select, one_by_one(monitor, name), computed,
    )  # fmt: skip
