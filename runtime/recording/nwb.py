"""Recorded data as an NWB file: spikes as units, samples as time series, values at events as tables."""

from __future__ import annotations

import uuid
from datetime import datetime, timezone
from typing import Any

import numpy as np

from .exports import package

#: Coherent unit -> unit of NWB, and the factor to it.
_UNITS = {
    "mV": ("volts", 1e-3), "pA": ("amperes", 1e-12), "nS": ("siemens", 1e-9), "pF": ("farads", 1e-12),
    "GOhm": ("ohms", 1e9), "ms": ("seconds", 1e-3), "kHz": ("hertz", 1e3), "Hz": ("hertz", 1.0),
    "um": ("meters", 1e-6), "K": ("kelvin", 1.0),
}  # fmt: skip
#: Columns of the table of units besides those of NWB.
_COLUMNS = {
    "monitor": "Name of the monitor in the network.",
    "event": "What the times are of: spike, or the name of another event.",
    "neuron": "Rank of the neuron in its population.",
}
#: Where tables of values at events are.
_MODULE = "synapses"


def add_to_nwb(monitor: Any, nwbfile: Any, start: datetime | None) -> Any:
    """Add the data of a monitor to an NWB file, or to a new one; see `Monitor.to_nwb`."""
    pynwb = package("pynwb", "to_nwb", "nwb")
    file = nwbfile if nwbfile is not None else _new_file(pynwb, monitor, start)
    for name in monitor._variables:
        if name in monitor._event_tapes:
            _add_values_at_events(pynwb, file, monitor, name)
        elif name in monitor._tapes:
            _add_units(file, monitor, name)
        else:
            _add_series(pynwb, file, monitor, name)
    return file


def _new_file(pynwb: Any, monitor: Any, start: datetime | None) -> Any:
    context = monitor._context
    return pynwb.NWBFile(
        session_description=f"simulation by ranvier, dt = {context.dt} ms, seed {context.seed}",
        identifier=str(uuid.uuid4()),
        session_start_time=datetime.now(timezone.utc) if start is None else start,
    )


def _add_units(file: Any, monitor: Any, name: str) -> None:
    known = file.units.colnames if file.units is not None else ()
    for column, meaning in _COLUMNS.items():
        if column not in known:
            file.add_unit_column(column, meaning)
    times, ranks = monitor._flat(name)
    begin, end = monitor._span(name)
    order = np.argsort(ranks, kind="stable")
    times, ranks = times[order] / 1000.0, ranks[order]
    elements = monitor._elements(name)
    first, last = np.searchsorted(ranks, elements, "left"), np.searchsorted(ranks, elements, "right")
    for rank, a, b in zip(elements.tolist(), first, last, strict=True):
        file.add_unit(
            spike_times=times[a:b], obs_intervals=[[begin / 1000.0, max(begin, end) / 1000.0]], monitor=monitor._name,
            event=name, neuron=rank,
        )  # fmt: skip


def _add_series(pynwb: Any, file: Any, monitor: Any, name: str) -> None:
    unit, factor = _unit_of(monitor, name)
    steps = monitor._samples[name].steps()
    seconds = steps * (monitor._context.dt / 1000.0)
    gaps = np.diff(steps)
    when: dict[str, Any] = {"timestamps": seconds}
    if steps.size > 1 and np.all(gaps == gaps[0]):
        when = {"starting_time": float(seconds[0]), "rate": 1000.0 / (float(gaps[0]) * monitor._context.dt)}
    columns = ", ".join(str(column) for column in monitor._columns(name))
    file.add_acquisition(
        pynwb.TimeSeries(
            name=f"{monitor._name}_{name}", data=monitor._table(name), unit=unit, conversion=factor,
            description=monitor._unit_of(name)[1], comments=f"columns: {columns}", **when,
        )
    )  # fmt: skip


def _add_values_at_events(pynwb: Any, file: Any, monitor: Any, name: str) -> None:
    events = monitor._data(name, False)
    columns = {
        "time": (monitor.sample_times(name) / 1000.0, "When the event reached the synapse, in s."),
        "pre": (events.pre, "Rank of the presynaptic neuron."),
        "post": (events.post, "Rank of the postsynaptic neuron."),
        "value": (np.asarray(events.value), f"Value of {name} in {monitor._unit_text(name) or 'no unit'}."),
    }
    module = file.processing.get(_MODULE)
    if module is None:
        module = file.create_processing_module(_MODULE, "Values of synapses at events.")
    made = [pynwb.core.VectorData(name=n, description=about, data=data) for n, (data, about) in columns.items()]
    table = pynwb.core.DynamicTable(
        name=f"{monitor._name}_{name}", description=f"{monitor._unit_of(name)[1]} at events", columns=made
    )
    module.add(table)


def _unit_of(monitor: Any, name: str) -> tuple[str, float]:
    """Return the unit of a variable in NWB's words, and the factor that leads to it."""
    text = monitor._unit_text(name)
    return _UNITS.get(text, (text or "n/a", 1.0))
