"""`CompNeuroModel`: a function that creates populations and projections, and what it created."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..live import the_network
from ..network import Network
from ..problems import RuntimeProblem, UnknownName, ValueProblem
from ..synapses.projection import Projection
from .calls import with_network
from .compartments import compartments
from .extras import optional


class CompNeuroModel:
    """A model: the function that creates it, and the names of what it creates.

    Parameters
    ----------
    model_creation_function : callable
        Creates populations and projections. If it has a parameter ``net``, it is given the network.
    model_kwargs : dict, optional
        Its other arguments.
    name, description : str
    do_create, do_compile : bool
        Create now, and compile now.
    compile_folder_name : str
        Kept as a label. Compiled models are found by their content, so results and compile times do not depend on it.
    net : Network, optional
        By default the only one alive.

    Attributes
    ----------
    populations, projections : list of str
        Names of what the function created, in order.

    Examples
    --------
    >>> import ranvier as rv
    >>> from ranvier.experiment import CompNeuroModel
    >>> net = rv.Network(dt=0.1, seed=1)
    >>> def two_cells(net, size):
    ...     net.create(size, rv.models.Izhikevich(), name="first")
    ...     net.create(size, rv.models.Izhikevich(), name="second")
    >>> model = CompNeuroModel(two_cells, {"size": 10}, net=net)
    >>> model.populations
    ['first', 'second']
    """

    def __init__(
        self,
        model_creation_function: Callable[..., Any],
        model_kwargs: Mapping[str, Any] | None = None,
        name: str = "model",
        description: str = "",
        do_create: bool = True,
        do_compile: bool = True,
        compile_folder_name: str = "annarchy",
        net: Network | None = None,
    ) -> None:
        self.name = name
        self.description = description
        self.model_creation_function = model_creation_function
        self.model_kwargs = model_kwargs
        self.compile_folder_name = compile_folder_name
        self.populations: list[str] = []
        self.projections: list[str] = []
        self.created = False
        self._net = net
        self._modified: dict[tuple[str, str], Any] = {}
        if do_create:
            self.create(do_compile=do_compile)

    @property
    def net(self) -> Network:
        """The network the model is in."""
        self._net = the_network(self._net, f"model '{self.name}'")
        return self._net

    @property
    def compiled(self) -> bool:
        """Whether the model is created and compiled."""
        return self.created and self.net.compiled

    def __repr__(self) -> str:
        state = "compiled" if self.created and self.compiled else "created" if self.created else "not created"
        return f"<CompNeuroModel '{self.name}', {state}>"

    def create(self, do_compile: bool = True, compile_folder_name: str | None = None) -> None:
        """Call the function that creates the model, and note the names of what it creates.

        Parameters
        ----------
        do_compile : bool
            Compile the network then.
        compile_folder_name : str, optional
            Replaces the label.
        """
        if self.created:
            raise RuntimeProblem(f"model '{self.name}' is created already.", "make another CompNeuroModel")
        before = compartments(self.net)
        self.model_creation_function(**with_network(self.model_creation_function, self.model_kwargs or {}, self.net))
        new = {name: o for name, o in compartments(self.net).items() if name not in before}
        self.populations = [name for name, o in new.items() if not isinstance(o, Projection)]
        self.projections = [name for name, o in new.items() if isinstance(o, Projection)]
        self.created = True
        if do_compile:
            self.compile(compile_folder_name)

    def compile(self, compile_folder_name: str | None = None) -> None:
        """Compile the network, with everything else that is in it.

        Parameters
        ----------
        compile_folder_name : str, optional
            Replaces the label.
        """
        self._check_created("compile")
        self.compile_folder_name = compile_folder_name or self.compile_folder_name
        self.net.compile()

    def set_param(self, compartment: str, parameter_name: str, parameter_value: Any) -> None:
        """Give a parameter or variable of the model a value.

        Parameters
        ----------
        compartment : str
            Name of a population or projection of the model.
        parameter_name : str
        parameter_value : number, array, text or distribution
        """
        self._check_created("set_param")
        if compartment not in (*self.populations, *self.projections):
            raise UnknownName(
                f"population or projection of model '{self.name}'", compartment, (*self.populations, *self.projections)
            )
        compartments(self.net)[compartment].set({parameter_name: parameter_value})
        self._modified[compartment, parameter_name] = self._said(compartment, parameter_name)

    @property
    def attribute_df(self) -> Any:
        """A pandas table of all attributes of the model: a value or the range of the values, and whether it was set.

        Columns: ``compartment_type, compartment_name, attribute_name, value, definition`` ("init" or "modified").
        """
        self._check_created("attribute_df")
        pandas = optional("pandas", "tables", "attribute_df")
        rows = [
            (
                kind,
                name,
                attribute,
                self._modified.get((name, attribute), self._said(name, attribute)),
                "modified" if (name, attribute) in self._modified else "init",
            )
            for kind, names in (("population", self.populations), ("projection", self.projections))
            for name in names
            for attribute in compartments(self.net)[name].attributes
        ]
        columns = ["compartment_type", "compartment_name", "attribute_name", "value", "definition"]
        return pandas.DataFrame(rows, columns=columns)

    def _said(self, name: str, attribute: str) -> str:
        try:
            values = np.asarray(compartments(self.net)[name]._read(attribute), float).reshape(-1)
        except (TypeError, ValueError):
            return "[]"
        if not values.size:
            return "[]"
        low, high = values.min(), values.max()
        return f"{low}" if low == high else f"[{low}, {high}]"

    def _check_created(self, what: str) -> None:
        if not self.created:
            raise ValueProblem(f"{what}: model '{self.name}' is not created yet.", help="call create() first")
