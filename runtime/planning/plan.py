"""What an engine executes: arrays and kernels, in the order of one step. No behaviour here.

`Network` writes a `Plan`; two engines run it: `_bridge.Engine` (compiled kernels, C loop) and
`reference.ReferenceEngine` (numpy on the IR). Both change the same arrays in place, so every array that can
influence the future is owned by the Python objects that put it here, and the engines hold nothing but scratch.

Array conventions: one-dimensional, C-contiguous, 64-byte aligned. Per-neuron arrays have `npad` elements
(`n` rounded up to a multiple of 64; the padding repeats the last element). A shared value is an array of 64 equal
elements. Floats are float64 (float32 in single precision); int and bool are int64 (int32).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import KernelIR

if TYPE_CHECKING:
    from .._bridge import Library

#: Step of the last spike of a neuron that never spiked.
NEVER = -1_000_000_000


@dataclass(slots=True)
class Binding:
    """A kernel bound to arrays.

    `arrays[k]` belongs to ``ir.layout[k]``; None for what the engine allocates as scratch (derived, matrix,
    propagator, mask, subtotal). `shared[k]` is True when the array is one block of 64 equal values. A param that is
    not shared is tested for uniformity by the engine when a segment starts. `library` is the loaded
    object, or None (reference engine). `keys[o]` is the Philox key of draw o. `lifted`: traces have one value per
    neuron of their side, and all params are shared. `varying`: params that other kernels write, never uniform.
    """

    ir: KernelIR
    library: Library | None
    arrays: list[NDArray[Any] | None]
    shared: list[bool]
    keys: NDArray[np.uint64]
    n: int
    npad: int
    lifted: bool = False
    varying: frozenset[int] = frozenset()


@dataclass(slots=True)
class SpikeSource:
    """Spikes given in advance: step and rank, sorted by (step, rank); `position` (1 element) is state."""

    steps: NDArray[np.int64]
    ranks: NDArray[np.int32]
    position: NDArray[np.int64]


@dataclass(slots=True)
class EventList:
    """A custom event of a population: layout index of its mask, and who had it when (as the spikes have it).

    `program` is the model's own code at the event ("" for none).
    """

    name: str
    entry: int
    program: str
    history: NDArray[np.int32]
    counts: NDArray[np.int64]


@dataclass(slots=True)
class EventCode:
    """Code that was attached to an event of a population: IR kind "code", program "reset". Runs after the spike reset
    and after the model's own code of all events, in the order of the list."""

    event: int  # 0: spikes; n: PopulationPlan.events[n - 1]
    binding: Binding


@dataclass(slots=True)
class Ring:
    """The latest values of a variable, for delayed continuous transmission.

    At the start of slot 2 of step k, `source` is copied to row ``k % slots`` of `rows`; before the first time
    (`started` is 0) to all rows. With one slot, `rows` is `source` itself.
    """

    source: NDArray[Any]  # (npad,)
    rows: NDArray[Any]  # (slots * npad,)
    started: NDArray[np.int64]  # (1,)


@dataclass(slots=True)
class Received:
    """What neurons receive in a step: `source`, an input, is copied to `copy` before the neurons take it; in every step
    (`always`), or at least in the last one of a run."""

    source: NDArray[Any]  # (npad,)
    copy: NDArray[Any]  # (npad,)
    always: bool = False


@dataclass(slots=True)
class PopulationPlan:
    """`history[s, :counts[s]]` are the ranks that spiked in the latest step k with ``k % slots == s``.

    Synapses that are an end of projections are a population that has neither a binding nor a source, and no spikes.
    """

    name: str
    n: int
    npad: int
    binding: Binding | None  # None: a pure spike source, or synapses
    history: NDArray[np.int32]  # (slots, npad)
    counts: NDArray[np.int64]  # (slots,)
    last: NDArray[Any]  # (npad,) step of the last spike, int width of the precision
    source: SpikeSource | None = None
    spiking: bool = True
    enabled: bool = True
    events: list[EventList] = field(default_factory=list)
    codes: list[EventCode] = field(default_factory=list)
    rings: list[Ring] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    ring_rows: NDArray[Any] | None = None  # (slots + 1,) scratch: place in the rings of each delay, int width


@dataclass(slots=True)
class RegularCode:
    """Code over all neurons of a population, before everything else in the steps k >= offset with
    ``(k - offset) % period == 0``: IR kind "code", program "code"."""

    population: int
    binding: Binding
    period: int
    offset: int


@dataclass(slots=True)
class NeuronReadOut:
    """What is computed to be recorded, at the end of the steps k >= offset with ``(k - offset) % period == 0``, from
    the state at the end of the step and with the clock of the next: IR kind "code", program "code"."""

    population: int
    binding: Binding
    period: int
    offset: int


@dataclass(slots=True)
class Subtotal:
    """Where the subtotal of layout entry `entry` goes. `direct`: the target is an input of this step (starts at 0)
    and this projection is the only writer, so the kernel may add to it straight away. With `until` and `last` (end of
    the refractory period, step of the last spike) neurons take it only in steps k >= until with k != last."""

    entry: int
    target: NDArray[Any]
    direct: bool
    until: NDArray[Any] | None = None
    last: NDArray[Any] | None = None


@dataclass(slots=True)
class Pending:
    """Arrivals that follow delays of the past: segments (first, last + 1, rank that had the event) of positions in the
    index of a pathway, and for each its step, ascending, and the step of its event. Those of one step come in the order
    of sums, after what the history holds for it, whose delays are shorter."""

    steps: NDArray[np.int64]
    segments: NDArray[np.int64]
    emitted: NDArray[np.int64]


@dataclass(slots=True)
class PrePathway:
    """Events from the presynaptic side. Row of presynaptic rank i and delay number d:
    ``indptr[i * len(delays) + d] : indptr[i * len(delays) + d + 1]`` into `target` (and all synaptic arrays)."""

    program: str  # "pre:<pathway>"
    indptr: NDArray[np.int64]
    delays: NDArray[np.int64]  # steps, ascending; >= 1, or >= 0 for same_step
    target: NDArray[Any]  # (nnz,) postsynaptic ranks, uint16 or uint32
    subtotals: list[Subtotal] = field(default_factory=list)
    event: int = 0  # 0: spikes of the presynaptic population; n: its events[n - 1]
    order: NDArray[np.int64] | None = None  # storage index by position, where a pathway has delays of its own
    since: int = 0  # events of earlier steps are not looked up in the history
    pending: Pending | None = None


@dataclass(slots=True)
class PostPathway:
    """Events from the postsynaptic side. Synapses of postsynaptic rank j and delay number d, in the order
    (pre, creation): ``indptr[j * len(delays) + d] : ...`` into `order` (storage index) and `source` (presynaptic
    rank). An event of step k acts in step k + delay."""

    program: str  # "post:<pathway>"
    indptr: NDArray[np.int64]
    order: NDArray[np.int64]
    source: NDArray[Any]  # uint16 or uint32
    subtotals: list[Subtotal] = field(default_factory=list)
    event: int = 0  # 0: spikes of the postsynaptic population; n: its events[n - 1]
    delays: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, np.int64))  # steps, ascending
    since: int = 0
    pending: Pending | None = None


@dataclass(slots=True)
class ContinuousTerm:
    """What the neurons of one side receive in every step: `program` leaves its result in layout entry `entry`, which is
    added to `target`, or (`assign`) replaces it. Segments: triples (first, last + 1, rank on that side); `source` holds
    the ranks on the other side, ascending in each segment, and `order` the storage positions. Without these two the
    storage itself is in the order of the postsynaptic neurons and each segment holds all presynaptic ones."""

    program: str  # "sum:..."
    segments: NDArray[np.int64]
    source: NDArray[Any] | None
    order: NDArray[np.int64] | None
    entry: int
    target: NDArray[Any]
    assign: bool
    side: Literal["pre", "post"] = "post"

    @property
    def neighbours(self) -> bool:
        """Whether each segment holds one synapse, whose neurons and place in the storage follow those of the last."""
        rows = self.segments.reshape(-1, 3)[:, 2]
        if self.order is None or self.source is None or not rows.size == self.order.size > 0:
            return False
        line = np.arange(rows.size)
        return all(np.array_equal(x, x[0] + line) for x in (rows, self.source.astype(np.int64), self.order))


@dataclass(slots=True)
class SynapticStep:
    """Statements of every step: over all synapses (segments: triples (first, last + 1, presynaptic rank); without
    `target` postsynaptic rank, as of `ContinuousTerm`), or over `count` elements: postsynaptic neurons, or one."""

    program: str  # "step:<n>:<locality>"
    segments: NDArray[np.int64]
    target: NDArray[Any] | None
    count: int


@dataclass(slots=True)
class EndReduction:
    """A function over all neurons of one end, written to layout entry `entry` before slots 2 and 6."""

    entry: int
    operation: str  # sum mean min max norm1 norm2
    source: NDArray[Any]
    n: int


@dataclass(slots=True)
class ProjectionPlan:
    """`uniform[k]` in the binding's `shared` marks synaptic params with one value for all synapses."""

    name: str
    pre: int  # index into Plan.populations
    post: int
    binding: Binding
    pathways: list[PrePathway]
    post_pathways: list[PostPathway]
    same_step: bool = False
    enabled: bool = True
    terms: list[ContinuousTerm] = field(default_factory=list)
    steps: list[SynapticStep] = field(default_factory=list)
    reductions: list[EndReduction] = field(default_factory=list)
    period: int = 1  # `steps` run in steps k with (k - offset) % period == 0; 0: never
    offset: int = 0
    whole: bool = False  # never in parts: at an end are values of other synapses
    readout: bool = False  # `steps` compute what is recorded, at the end of step k with the clock of the next


@dataclass(slots=True)
class Recorder:
    """Samples of one array at end of step k when ``k >= start and (k - start) % period == 0``, or in the steps `at`,
    ascending.

    `ranks` None records the first `n` elements. `out` has shape (capacity, n); the engine fills rows from `count[0]`
    on and advances it. Capacity always suffices for the segment.
    """

    data: NDArray[Any]
    n: int
    ranks: NDArray[np.int64] | None
    period: int
    start: int
    out: NDArray[Any]
    count: NDArray[np.int64]
    at: NDArray[np.int64] | None = None


@dataclass(slots=True)
class SynapseRecorder:
    """Values of synapses before or after the code of some pathways, in the order of execution, with the ranks of their
    neurons; kept in the engine until `drain_synapses`.

    `data` has a value per synapse (`place` "synapse"), per postsynaptic neuron ("post") or one ("all"). `computed` is
    the number of the projection plan (a read-out) that leaves them there; None: they are stored. `singly`: events run
    one after another, because one may change what is recorded of another. A projection with recorders runs whole, and
    one with a `singly` has no lifted traces.
    """

    projection: int
    programs: tuple[str, ...]
    before: bool
    data: NDArray[Any]
    place: str
    select: NDArray[np.uint8] | None  # by storage index; None: all
    singly: bool
    computed: int | None = None


@dataclass(slots=True)
class SpikeRecorder:
    """All spikes of a population (of the ranks where `select` is nonzero); kept in the engine until `drain`."""

    population: int
    select: NDArray[np.uint8] | None
    event: int = 0  # 0: spikes; n: events[n - 1] of the population


@dataclass(slots=True)
class StopCondition:
    """Stop after a step in which the condition kernel holds for all (`every`) or any elements of a population."""

    population: int
    binding: Binding  # IR kind "condition", program "condition", writes the mask entry
    every: bool


@dataclass(slots=True)
class GuardedArray:
    """A float array that must stay finite."""

    owner: str
    variable: str
    data: NDArray[Any]
    n: int


@dataclass(slots=True)
class Link:
    """A linked variable: `data[i]` is `source[index[i]]` (`source[i]` without an index) for i < n, taken at the start
    of a step, before the neuron statements, after the resets, and at the end."""

    data: NDArray[Any]
    source: NDArray[Any]
    index: NDArray[np.int64] | None
    n: int


@dataclass(slots=True)
class RateCount:
    """Firing rates in a sliding window: row ``k % slots`` of `bits` has a bit for every neuron that spiked in step k.

    `rate` is ``counts * scale`` (Hz); it changes after the spike resets of a step.
    """

    population: int
    bits: NDArray[np.uint64]
    counts: NDArray[np.int64]
    rate: NDArray[Any]
    scale: float


@dataclass(slots=True)
class Plan:
    """One network, ready to run. `step` (1 element) is the clock, advanced by the engine."""

    dt: float
    step: NDArray[np.int64]
    populations: list[PopulationPlan]
    projections: list[ProjectionPlan]
    recorders: list[Recorder]
    spike_recorders: list[SpikeRecorder]
    conditions: list[StopCondition]
    conditions_all: bool  # the network stops when all (True) or any of the conditions hold
    guarded: list[GuardedArray]
    nan_every: int  # scan for NaN and infinity every so many steps of the network clock; 0: never
    regular: list[RegularCode] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    rates: list[RateCount] = field(default_factory=list)
    readouts: list[NeuronReadOut] = field(default_factory=list)
    synapse_recorders: list[SynapseRecorder] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RunStatus:
    """`kind`: ``done``; ``stopped`` (a condition held); ``nan`` (`variable` of `owner`, element `rank`)."""

    kind: str
    steps: int
    owner: str = ""
    variable: str = ""
    rank: int = -1
