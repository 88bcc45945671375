"""Requirements of simulations: objects with a method `run` that raises where they are not met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..live import the_network
from ..network import Network
from ..problems import ValueProblem, nearest
from .calls import with_network
from .compartments import population

#: What an argument of a requirement begins with when it is taken from the arguments of the simulation.
FROM_KWARGS = "simulation_kwargs"


class ReqPopHasAttr:
    """The populations have the attributes.

    Parameters
    ----------
    pop : str or list of str
    attr : str or list of str
    net : Network, optional
    """

    def __init__(self, pop: str | Sequence[str], attr: str | Sequence[str], net: Network | None = None) -> None:
        self.pop_name_list = [pop] if isinstance(pop, str) else list(pop)
        self.attr_name_list = [attr] if isinstance(attr, str) else list(attr)
        self._net = net

    def run(self) -> None:
        """Raise `ValueProblem` (a ValueError) unless every population has every attribute."""
        net = the_network(self._net, "ReqPopHasAttr")
        for name in self.pop_name_list:
            known = population(net, name).attributes
            for attribute in self.attr_name_list:
                if attribute not in known:
                    message = f"Population {name} does not contain attribute {attribute}!"
                    raise ValueProblem(message, help=nearest(attribute, known))


def check_requirements(
    requirements: Sequence[Mapping[str, Any]], simulation_kwargs: Mapping[str, Any], net: Network | None
) -> None:
    """Run every requirement; arguments ``"simulation_kwargs.name"`` are those of the simulation.

    Parameters
    ----------
    requirements : sequence of dict
        ``{"req": class, argument: value, ...}``.
    simulation_kwargs : dict
    net : Network, optional
    """
    for requirement in requirements:
        if "req" not in requirement:
            raise ValueProblem(f"A requirement is a dict with the entry 'req', not {dict(requirement)!r}.")
        kind = requirement["req"]
        arguments: dict[str, Any] = {}
        for name, value in requirement.items():
            if name == "req":
                continue
            if value == FROM_KWARGS:
                arguments.update(simulation_kwargs)
            else:
                arguments[name] = _resolved(value, simulation_kwargs)
        kind(**with_network(kind, arguments, net)).run()


def _resolved(value: Any, simulation_kwargs: Mapping[str, Any]) -> Any:
    """Return what ``"simulation_kwargs.name"`` or ``"simulation_kwargs.name.attribute"`` stands for."""
    if not isinstance(value, str) or not value.startswith(f"{FROM_KWARGS}."):
        return value
    _, name, *path = value.split(".")
    if name not in simulation_kwargs:
        message = f"'{value}': the simulation has no argument '{name}'."
        raise ValueProblem(message, help=nearest(name, simulation_kwargs))
    found = simulation_kwargs[name]
    for attribute in path:
        found = getattr(found, attribute)
    return found
