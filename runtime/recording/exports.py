"""Recorded data as the objects of other packages, which are imported when they are asked for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import coherent_unit

from ..problems import NotAvailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ..context import Context
    from .moments import EventTape
    from .reduction import Form
    from .tapes import Samples, SpikeTape


def package(name: str, method: str, extra: str) -> Any:
    """Return a package that a method of `Monitor` needs."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise NotAvailable(
            f"Monitor.{method} needs the package {name}, which is not installed.",
            help=f"pip install 'ranvier[{extra}]'",
        ) from None


class Exports:
    """The methods of `Monitor` that hand its data over. What they return stays in memory."""

    _context: Context
    _name: str
    _variables: tuple[str, ...]
    _samples: dict[str, Samples]
    _tapes: dict[str, SpikeTape]
    _event_tapes: dict[str, EventTape]
    _form: Form

    if TYPE_CHECKING:  # what the monitor itself has

        def _chosen(self, variables: str | Sequence[str] | None) -> list[str]: ...

        def _elements(self, name: str) -> NDArray[np.int64]:
            """Return the ranks of the recorded neurons, or the numbers of the synapses."""

        def _data(self, name: str, reshape: bool) -> Any: ...

        def _unit_of(self, name: str) -> tuple[Any, str, float]: ...

        def _span(self, name: str) -> tuple[float, float]:
            """Return when the recording began and ended, in ms."""

    # -- arrays --------------------------------------------------------------------------------------

    def sample_times(self, variable: str) -> NDArray[np.float64]:
        """Return the time of each sample in memory, in ms: k dt for step k, as for its spikes."""
        (name,) = self._chosen(variable)
        kept = self._event_tapes
        steps = kept[name].all()[0] if name in kept else self._samples[name].steps()
        return np.asarray(steps * self._context.dt, np.float64)

    def _table(self, name: str) -> NDArray[Any]:
        values: NDArray[Any] = np.asarray(self._data(name, False))
        return values

    def _columns(self, name: str) -> Any:
        """Return what the columns of the samples stand for."""
        if self._form.edges:
            return np.asarray(self._form.edges[:-1])
        return [self._form.operation] if self._form.operation else self._elements(name)

    def _flat(self, name: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return the times (ms) and ranks of events."""
        steps, ranks = self._tapes[name].all()
        return np.asarray(steps * self._context.dt, np.float64), ranks.astype(np.int64)

    def save(self, path: Any, variables: str | Sequence[str] | None = None) -> None:
        """Write the data in memory to a file: HDF5, or ``.npz`` without pickle.

        Samples of ``v`` are the arrays ``v/steps`` and ``v/values``, spikes ``spike/steps`` and ``spike/ranks``.

        Parameters
        ----------
        path : path
        variables : str or list of str, optional
            All by default.
        """
        from ..state import files

        arrays: dict[str, NDArray[Any]] = {}
        for name in self._chosen(variables):
            if name in self._event_tapes:
                for part, column in zip(("steps", "pre", "post", "values"), self._event_tapes[name].all(), strict=True):
                    arrays[f"{name}/{part}"] = column
            elif name in self._tapes:
                arrays[f"{name}/steps"], arrays[f"{name}/ranks"] = self._tapes[name].all()
            else:
                arrays[f"{name}/steps"], arrays[f"{name}/values"] = self._samples[name].steps(), self._table(name)
        files.write(path, {"content": "recording", "monitor": self._name, "dt": self._context.dt}, arrays)

    # -- other packages ------------------------------------------------------------------------------

    def to_pandas(self) -> dict[str, Any]:
        """Return a pandas DataFrame for each variable.

        Returns
        -------
        dict
            Samples have one row per time (ms) and one column per neuron or synapse; spikes have one row per spike and
            the columns ``time`` (ms) and ``neuron``; values at events have ``time``, ``pre``, ``post`` and the value.
        """
        pandas = package("pandas", "to_pandas", "tables")
        found = {}
        for name in self._variables:
            if name in self._event_tapes:
                events = self._data(name, False)
                columns = {"time": self.sample_times(name), "pre": events.pre, "post": events.post, name: events.value}
                found[name] = pandas.DataFrame(columns)
            elif name in self._tapes:
                times, ranks = self._flat(name)
                found[name] = pandas.DataFrame({"time": times, "neuron": ranks})
            else:
                index = pandas.Index(self.sample_times(name), name="time")
                found[name] = pandas.DataFrame(self._table(name), index=index, columns=self._columns(name))
        return found

    def to_xarray(self) -> Any:
        """Return an xarray Dataset of the samples, with the coordinates ``time`` (ms) and ``element``.

        Spikes are the variables ``spike_time`` and ``spike_neuron`` along ``spike_number``.
        """
        xarray = package("xarray", "to_xarray", "xarray")
        variables: dict[str, Any] = {}
        for name in self._variables:
            if name in self._event_tapes:
                events = self._data(name, False)
                columns = {"_time": self.sample_times(name), "_pre": events.pre, "_post": events.post, "": events.value}
                for part, column in columns.items():
                    variables[f"{name}{part}"] = xarray.DataArray(column, dims=f"{name}_number")
                continue
            if name in self._tapes:
                times, ranks = self._flat(name)
                variables[f"{name}_time"] = xarray.DataArray(times, dims=f"{name}_number", attrs={"units": "ms"})
                variables[f"{name}_neuron"] = xarray.DataArray(ranks, dims=f"{name}_number")
                continue
            coords = {"time": self.sample_times(name), f"{name}_element": self._columns(name)}
            variables[name] = xarray.DataArray(self._table(name), coords, dims=tuple(coords), name=name)
        return xarray.Dataset(variables, attrs={"monitor": self._name, "dt": self._context.dt})

    def to_neo(self) -> Any:
        """Return a neo Segment: a SpikeTrain for each neuron, an AnalogSignal for each variable with even samples.

        Values of models without units are dimensionless; samples at uneven times are IrregularlySampledSignals.
        """
        neo = package("neo", "to_neo", "neo")
        quantities = package("quantities", "to_neo", "neo")
        segment = neo.Segment(name=self._name)
        for name in self._variables:
            if name in self._event_tapes:
                events = self._data(name, False)
                notes = {"pre": events.pre, "post": events.post, "value": np.asarray(events.value)}
                segment.events.append(
                    neo.Event(self.sample_times(name), units="ms", name=name, array_annotations=notes)
                )
                continue
            if name in self._tapes:
                start, stop = self._span(name)
                times, ranks = self._flat(name)
                for rank in self._elements(name):
                    train = neo.SpikeTrain(
                        times[ranks == rank], units="ms", t_start=start, t_stop=max(stop, start), name=f"{name} {rank}"
                    )
                    train.annotate(neuron=int(rank), event=name)
                    segment.spiketrains.append(train)
                continue
            times, values = self.sample_times(name), self._table(name)
            unit = self._neo_unit(quantities, name)
            steps = np.diff(self._samples[name].steps())
            if times.size > 1 and np.all(steps == steps[0]):
                period = float(steps[0]) * self._context.dt
                signal = neo.AnalogSignal(
                    values, units=unit, t_start=times[0] * quantities.ms, sampling_period=period * quantities.ms,
                    name=name,
                )  # fmt: skip
                segment.analogsignals.append(signal)
            else:
                segment.irregularlysampledsignals.append(
                    neo.IrregularlySampledSignal(times, values, units=unit, time_units="ms", name=name)
                )
        return segment

    def _neo_unit(self, quantities: Any, name: str) -> Any:
        text = self._unit_text(name)
        if not text:
            return quantities.dimensionless
        return quantities.Quantity(1.0, text.replace("GOhm", "Gohm").replace("mM", "mmol/l"))

    def _unit_text(self, name: str) -> str:
        """Return the unit in which the values of a variable are, empty for plain numbers."""
        dimension, _, scale = self._unit_of(name)
        if dimension is None or not any(dimension):
            return ""
        return "Hz" if scale != 1.0 else coherent_unit(dimension)

    def to_nwb(self, nwbfile: Any = None, session_start_time: datetime | None = None) -> Any:
        """Return the data as an NWB file in memory, which ``pynwb.NWBHDF5IO(path, "w").write(...)`` writes.

        Spikes and other events are rows of its table of units, one for each neuron, with the columns ``monitor``,
        ``event`` and ``neuron`` (rank); samples are acquired time series ``<monitor>_<variable>``; values of synapses
        at events are tables in the processing module ``synapses``. Times are in seconds; values stay as they are, and
        ``unit`` and ``conversion`` of a series say what they mean.

        Parameters
        ----------
        nwbfile : pynwb.NWBFile, optional
            A file to add to, so that several monitors share one; a new one by default.
        session_start_time : datetime, optional
            Of a new file; now by default.

        Raises
        ------
        NotAvailable
            E503, the package pynwb is not installed.
        """
        from .nwb import add_to_nwb

        return add_to_nwb(self, nwbfile, session_start_time)
