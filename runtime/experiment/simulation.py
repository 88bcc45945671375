"""`CompNeuroSim`: a simulation that can be run again, and what is known of its runs."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import RanvierWarning

from ..live import the_network
from ..network import Network
from ..problems import ValueProblem
from ..schedule import steps
from .calls import with_network
from .compartments import now_ms
from .monitors import CompNeuroMonitors
from .requirements import check_requirements


@dataclass(frozen=True, slots=True)
class SimInfo:
    """What is known of the runs of a simulation; one entry per run in every list.

    Attributes
    ----------
    name, description : str
    simulation_function : str
        Name of the function.
    start, end : list of float
        Times on the network's clock, ms.
    info : list
        What the function returned.
    kwargs : list of dict or None
        Its arguments.
    monitor_chunk : list of int or None, or None
        The chunk in which the run was recorded; None without a monitor object.
    """

    name: str
    description: str
    simulation_function: str
    start: list[float]
    end: list[float]
    info: list[Any]
    kwargs: list[dict[str, Any] | None]
    monitor_chunk: list[int | None] | None

    def get_current_arr(self, dt: float, flat: bool = False) -> Any:
        """Return the current of every step of every run of current_step, current_stim or current_ramp.

        Parameters
        ----------
        dt : float, ms
        flat : bool
            One array, as if the runs had followed one another.

        Returns
        -------
        list of ndarray, shape (steps,), or one ndarray
        """
        if self.simulation_function not in ("current_step", "current_stim", "current_ramp"):
            raise ValueProblem(
                f"get_current_arr: the simulation is '{self.simulation_function}', not current_step, current_stim or "
                "current_ramp."
            )
        runs = [np.asarray(_current(info), float) for info in self.info]
        expected = [steps(end - start, dt) for start, end in zip(self.start, self.end, strict=True)]
        if [len(run) for run in runs] != expected:
            raise ValueProblem(f"get_current_arr: the simulation did not run with dt = {dt:g} ms.")
        return np.concatenate(runs) if flat else runs


def _current(info: Any) -> NDArray[Any]:
    found: NDArray[Any] = info["current_arr"] if isinstance(info, Mapping) else info
    return found


class CompNeuroSim:
    """A simulation function with its arguments, and a record of its runs.

    Parameters
    ----------
    simulation_function : callable
        Sets values and simulates; what it returns is kept. If it has a parameter ``net``, it is given the network.
    simulation_kwargs : dict, optional
        Its arguments.
    name, description : str
    requirements : list of dict, optional
        ``{"req": class, argument: value, ...}``: checked now and before each run by ``class(**arguments).run()``, which
        raises. A value ``"simulation_kwargs.name"`` stands for that argument of the simulation.
    kwargs_warning : bool
        Warn once when a run has other arguments than the requirements were checked with now.
    monitor_object : CompNeuroMonitors, optional
        Note the chunk in which each run is recorded.
    net : Network, optional
        By default that of the monitors, else the only one alive.

    Examples
    --------
    >>> import ranvier as rv
    >>> from ranvier.experiment import CompNeuroSim
    >>> net = rv.Network(dt=0.1, seed=1)
    >>> pop = net.create(1, rv.models.Izhikevich(), name="cell")
    >>> def with_current(net, pop, current, duration):
    ...     net.get_population(pop).i_offset = current
    ...     net.simulate(duration)
    ...     return {"charge": current * duration}
    >>> sim = CompNeuroSim(with_current, {"pop": "cell", "current": 10.0, "duration": 50.0}, net=net)
    >>> sim.run()
    >>> sim.run({"current": 5.0})
    >>> sim.simulation_info().info
    [{'charge': 500.0}, {'charge': 250.0}]
    """

    def __init__(
        self,
        simulation_function: Callable[..., Any],
        simulation_kwargs: Mapping[str, Any] | None = None,
        name: str = "simulation",
        description: str = "",
        requirements: Sequence[Mapping[str, Any]] | None = None,
        kwargs_warning: bool = True,
        monitor_object: CompNeuroMonitors | None = None,
        net: Network | None = None,
    ) -> None:
        self.simulation_function = simulation_function
        self.simulation_kwargs = None if simulation_kwargs is None else dict(simulation_kwargs)
        self.name = name
        self.description = description
        self.requirements = list(requirements or ())
        self.monitor_object = monitor_object
        self.start: list[float] = []
        self.end: list[float] = []
        self.info: list[Any] = []
        self.kwargs: list[dict[str, Any] | None] = []
        self.monitor_chunk: list[int | None] | None = None if monitor_object is None else []
        self._warned = not kwargs_warning
        self._net = monitor_object.net if net is None and monitor_object is not None else net
        if self.requirements:
            check_requirements(self.requirements, self.simulation_kwargs or {}, self.net)

    @property
    def net(self) -> Network:
        """The network that is simulated."""
        return the_network(self._net, f"simulation '{self.name}'")

    def __repr__(self) -> str:
        return f"<CompNeuroSim '{self.name}' of {self._function_name}, {len(self.start)} runs>"

    @property
    def _function_name(self) -> str:
        return str(getattr(self.simulation_function, "__name__", type(self.simulation_function).__name__))

    def run(self, simulation_kwargs: Mapping[str, Any] | None = None) -> None:
        """Check the requirements, run the function and note start, end, arguments, result and chunk.

        Parameters
        ----------
        simulation_kwargs : dict, optional
            Arguments of this run; all others are those given at the beginning.
        """
        arguments = self.simulation_kwargs
        if simulation_kwargs is not None:
            arguments = {**(arguments or {}), **simulation_kwargs}
            if self.requirements and not self._warned:
                self._warned = True
                message = f"simulation '{self.name}': a run with other arguments may not meet its requirements."
                warnings.warn(message, RanvierWarning, stacklevel=2)
        net = self.net
        check_requirements(self.requirements, arguments or {}, net)
        chunk = None if self.monitor_object is None else self.monitor_object.current_chunk()
        start = now_ms(net)
        info = self.simulation_function(**with_network(self.simulation_function, arguments or {}, net))
        self.start.append(start)
        self.end.append(now_ms(net))
        self.info.append(info)
        self.kwargs.append(copy(arguments))
        if self.monitor_chunk is not None:
            self.monitor_chunk.append(chunk)

    def simulation_info(self) -> SimInfo:
        """Return what is known of the runs so far; later runs do not change it."""
        chunks = None if self.monitor_chunk is None else list(self.monitor_chunk)
        function, kwargs = self._function_name, list(self.kwargs)
        start, end, info = list(self.start), list(self.end), list(self.info)
        return SimInfo(self.name, self.description, function, start, end, info, kwargs, chunks)
