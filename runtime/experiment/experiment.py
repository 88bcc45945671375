"""`CompNeuroExp`: simulations and recordings that belong together and can be run again."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from ..live import the_network
from ..network import Network
from .compartments import Stored, bring_back, reset_network, store
from .monitors import CompNeuroMonitors
from .times import RecordingTimes


@dataclass(slots=True)
class ExperimentResults:
    """What a run of an experiment returns.

    Attributes
    ----------
    recordings : list of dict
        One per chunk, see `CompNeuroMonitors.get_recordings`; empty without monitors.
    recording_times : RecordingTimes or None
    mon_dict : dict
        What was recorded; empty without monitors.
    data : dict
        Copies of what the experiment kept in `CompNeuroExp.data`.
    """

    recordings: list[dict[str, Any]] = field(default_factory=list)
    recording_times: RecordingTimes | None = None
    mon_dict: Any = field(default_factory=dict)
    data: dict[Any, Any] = field(default_factory=dict)


class CompNeuroExp:
    """Base class of experiments: write a subclass with a method `run` that ends with ``return self.results()``.

    Parameters
    ----------
    monitors : CompNeuroMonitors, optional
    net : Network, optional
        By default that of the monitors, else the only one alive.

    Attributes
    ----------
    monitors : CompNeuroMonitors or None
    data : dict
        For whatever the experiment wants to keep; it is never cleared.

    Examples
    --------
    >>> from ranvier.experiment import CompNeuroExp
    >>> class MyExperiment(CompNeuroExp):
    ...     def run(self):
    ...         self.reset()
    ...         self.monitors.start()
    ...         self.net.simulate(1000.0)
    ...         self.data["duration"] = 1000.0
    ...         return self.results()
    """

    _ResultsCl = ExperimentResults

    def __init__(self, monitors: CompNeuroMonitors | None = None, net: Network | None = None) -> None:
        self.monitors = monitors
        self.data: dict[Any, Any] = {}
        self._net = net
        self._model_state: dict[str, Stored] | None = None

    @property
    def net(self) -> Network:
        """The network of the experiment."""
        if self._net is None and self.monitors is not None:
            return self.monitors.net
        return the_network(self._net, "CompNeuroExp")

    def store_model_state(self, compartment_list: Sequence[str]) -> None:
        """Keep all parameters and variables of some compartments; `reset` brings them back from now on.

        Parameters
        ----------
        compartment_list : list of str
            Names of populations and projections. A second call replaces what the first one kept.

        Raises
        ------
        ValueProblem
            There is no such compartment.
        """
        self._model_state = store(self.net, compartment_list)

    def reset_model_state(self) -> None:
        """Forget the stored model state; `reset` goes back to the state of the compile again."""
        self._model_state = None

    def reset(
        self,
        populations: bool = True,
        projections: bool = False,
        synapses: bool = False,
        model: bool = True,
        model_state: bool = True,
        parameters: bool = True,
    ) -> None:
        """Begin a new chunk of recordings and reset the network: its state, its time and its random numbers.

        Call it at the beginning of `run`, so that every run begins in the same state.

        Parameters
        ----------
        populations : bool
            Reset the parameters and variables of populations, spikes on their way, refractory periods.
        projections : bool
            Reset the parameters and variables of synapses, weights excepted.
        synapses : bool
            Reset weights and connectivity (and projections, with a warning).
        model : bool
            If False, all other arguments are ignored: only a new chunk of recordings begins.
        model_state : bool
            Then give the compartments of a stored model state (all of them, whatever the other arguments say) their
            stored values.
        parameters : bool
            If False, the parameters of all populations and projections keep their present values.
        """
        if self.monitors is not None:
            self.monitors.reset(populations, projections, synapses, True, model, parameters)
        elif model:
            reset_network(self.net, populations, projections, synapses, True, parameters)
        if model and model_state and self._model_state is not None:
            bring_back(self.net, self._model_state, parameters)

    def results(self) -> ExperimentResults:
        """Return recordings and data; the last line of `run`.

        The monitors are cleared: the next run counts its chunks from 0 and must start() them again. The network is not
        touched: time and activity go on, unless `reset` is called.
        """
        data = deepcopy(self.data)
        if self.monitors is None:
            return ExperimentResults(data=data)
        recordings, times = self.monitors.get_recordings_and_clear()
        return ExperimentResults(recordings, times, self.monitors.mon_dict, data)

    def run(self, *args: Any, **kwargs: Any) -> ExperimentResults:
        """Run the simulations and the recordings: to be written by the subclass."""
        raise NotImplementedError(
            f"{type(self).__name__} has no method run(). Write one that runs the simulations and the recordings, and "
            "ends with: return self.results()"
        )
