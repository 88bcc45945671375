"""What a network needs before it is built: memory, time to build, time per step."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ranvier.compiler import Model, RanvierWarning

from .connect.connectivity import Connectivity
from .connect.dense import DenseConnectivity
from .context import Context
from .groups.attributes import Table
from .problems import RuntimeProblem

#: Nanoseconds, of one core of about 3 GHz: to make a synapse, to update a statement of a neuron, to deliver an event.
BUILD_NS, STATEMENT_NS, EVENT_NS = 15.0, 3.0, 2.5
#: Bytes of synapses that are made without asking how much memory there is.
MODEST = 1e8
#: Seconds to compile one model that is not in the cache.
COMPILE_S = 0.5


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a network needs.

    Attributes
    ----------
    bytes : int
        Memory of its state and synapses, without samples of monitors.
    build_s : float
        Time to make the synapses that are still to be made, and to compile with an empty cache.
    step_s : float
        Time per step, at an assumed rate of spikes.
    recording : float
        Bytes of memory that the samples of monitors take per step.
    recording_events : float
        Bytes of memory that recorded spikes, and values recorded at events, are expected to take per step: every neuron
        has events at the assumed rate.
    recording_most : float
        The bytes per step that monitors cannot exceed: every neuron has an event in every step.
    """

    bytes: int
    build_s: float
    step_s: float
    recording: float = 0.0
    recording_events: float = 0.0
    recording_most: float = 0.0

    def __str__(self) -> str:
        return f"{size_in_words(self.bytes)}, {self.build_s:.2g} s to build, {self.step_s:.2g} s per step"


@dataclass(frozen=True, slots=True)
class Need:
    """Synapses that a projection has or is to have: how many, their bytes, and those that building takes besides."""

    synapses: float
    bytes: float
    scratch: float = 0.0


def size_in_words(size: float) -> str:
    """Return a number of bytes as text: ``"3.2 GB"``."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} TB"


def synapses_need(
    context: Context, model: Model, n_pre: int, n_post: int, count: float, weights_differ: bool, delays: int,
    all_pairs: bool = False,
) -> Need:
    """Return what synapses need.

    Parameters
    ----------
    context : Context
    model : Model
        The synapse.
    n_pre, n_post : int
        Sizes of the populations.
    count : float
        Number of synapses.
    weights_differ : bool
        Each has its own weight.
    delays : int
        Number of different delays.
    all_pairs : bool
        Every neuron sends to every other: without events, they are stored without indices.
    """
    width = context.dtype("float").itemsize
    events = bool(model.pre or model.post)
    dense = all_pairs and not events
    each = 0.0 if dense else 4.0 if n_post > 65536 else 2.0
    for symbol in model.symbols:
        if symbol.locality != "local":
            continue
        if symbol.role == "variable":
            each += 2.0 * width  # and the copy that `reset` goes back to
        elif symbol.role == "parameter" and symbol.name == "w" and (weights_differ or dense):
            each += width
    if any(getattr(s, "event_driven", False) for s in model.statements):
        each += width
    if indexed_by_post(model) and not dense:
        each += 8.0 + (4.0 if n_pre > 65536 else 2.0)
    scratch = 4.0 + (16.0 if delays > 1 else 0.0) + (8.0 if weights_differ else 0.0)
    return Need(count, count * each + (0.0 if dense else 8.0 * n_pre * delays), count * scratch)


def synapses_have(built: Connectivity, table: Table, more: int, model: Model) -> Need:
    """Return what synapses that are there take, `more` bytes among it, with all that a run makes of them."""
    size = float(built.nbytes + more)
    for a in table:  # variables of synapses have a copy that `reset` goes back to
        size += a.nbytes * (2 if a.role == "variable" and a.per_synapse else 1)
        if isinstance(built, DenseConnectivity) and a.block and not a.shared:
            size += a.n * a.data.itemsize  # kernels read one value per synapse there
    if indexed_by_post(model) and type(built) is Connectivity:
        size += built.size * (12.0 if built.n_pre > 65536 else 10.0)
    return Need(built.size, size)


def indexed_by_post(model: Model) -> bool:
    """Tell whether synapses of a model need an index by postsynaptic neuron."""
    return bool(model.post) or model.psp is not None or bool(model.summed)


def available_memory() -> float:
    """Return how many bytes this process may still take, as far as the system tells; infinity when it does not."""
    found = [_meminfo(), _control_group()]
    return min(found)


def _meminfo() -> float:
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            for line in file:
                if line.startswith("MemAvailable:"):
                    return float(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    try:
        return float(os.sysconf("SC_PAGE_SIZE")) * float(os.sysconf("SC_AVPHYS_PAGES"))
    except (AttributeError, OSError, ValueError):
        return float("inf")


def _control_group() -> float:
    """Return what the limit of the process's container leaves."""
    home = "/sys/fs/cgroup"
    for limit, used in (("memory.max", "memory.current"),
                        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes")):  # fmt: skip
        try:
            with open(f"{home}/{limit}", encoding="ascii") as file:
                most = file.read().strip()
            with open(f"{home}/{used}", encoding="ascii") as file:
                now = float(file.read())
        except (OSError, ValueError):
            continue
        if most.isdigit():
            return max(float(most) - now, 0.0)
    return float("inf")


def fits(need: Need) -> bool:
    """Tell whether there is memory for synapses; the system is asked only when they are many."""
    wanted = need.bytes + need.scratch
    return wanted <= MODEST or wanted <= available_memory()


def too_large(need: Need, label: str) -> RuntimeProblem:
    """Return the error for synapses that need more memory than there is."""
    wanted, free = size_in_words(need.bytes + need.scratch), size_in_words(available_memory())
    return RuntimeProblem(
        f"{label}: about {need.synapses:.3g} synapses need {wanted} of memory to build; {free} are available.",
        help="net.estimate() tells what a network needs; weights that are one number take no memory",
    )


def recording_rate(monitor: Any) -> float:
    """Return the bytes of memory that the samples of a monitor take per step, while it records."""
    each = [monitor._samples[name].rate for name in monitor._armed if name in monitor._samples]
    return float(sum(each)) / float(monitor._period)


def event_bytes(monitor: Any) -> float:
    """Return the bytes of memory that a monitor takes in a step in which every neuron has an event."""
    if monitor.file is not None:
        return 0.0
    spikes = sum(tape.rate for name, tape in monitor._tapes.items() if name in monitor._armed)
    values = sum(tape.rate for name, tape in monitor._event_tapes.items() if name in monitor._armed)
    size = getattr(monitor.object, "nb_synapses", monitor.object.size)
    return float(size * (spikes + values * (len(monitor._moments.pathways) if values else 0)))


def warn_of_memory(monitors: Iterable[Any], steps: int) -> None:
    """Warn before a run whose samples will not fit into memory."""
    wanted = {monitor.name: steps * recording_rate(monitor) for monitor in monitors}
    total = sum(wanted.values())
    if total <= MODEST or total <= available_memory():
        return
    largest = max(wanted, key=lambda name: wanted[name])
    warnings.warn(
        f"monitor '{largest}' will need {size_in_words(wanted[largest])} of memory for this run; "
        f"{size_in_words(available_memory())} are available. Record to a file (file='run.h5'), with a longer period, "
        "fewer neurons, reduce= or dtype='float32'.",
        RanvierWarning,
        stacklevel=5,
    )


def estimate(
    context: Context, populations: Iterable[Any], projections: Iterable[Any], monitors: Iterable[Any], rate: float
) -> Estimate:
    """Return what a network needs; `rate` is the assumed rate of spikes of a neuron (Hz)."""
    total, build, step, models = 0.0, 0.0, 0.0, set()
    per_step = rate * context.dt / 1000.0
    for population in populations:
        total += sum(a.data.nbytes for a in (*population._table, *population._received.values()))
        total += population._until.nbytes
        statements = 1 if population._model is None else len(population._model.statements) + 1
        step += population.size * statements * STATEMENT_NS * 1e-9
        models.add(id(population._model))
    for projection in projections:
        need = projection._need()
        if need is None:
            continue
        total += need.bytes
        build += 0.0 if projection.connected else need.synapses * BUILD_NS * 1e-9
        model = projection._model
        share = 1.0 if model.psp is not None or model.summed or model.statements else 0.0
        share += per_step * ((1 if model.pre else 0) + (1 if model.post else 0))
        step += need.synapses * share * EVENT_NS * 1e-9
        models.add(id(model))
    monitors = list(monitors)
    samples, events = sum(map(recording_rate, monitors)), sum(map(event_bytes, monitors))
    build += COMPILE_S * len(models)
    return Estimate(int(total), build, step, samples, events * min(per_step, 1.0), samples + events)
