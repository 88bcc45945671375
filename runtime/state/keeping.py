"""What networks do with their state: reset, store, save, load, copy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..context import Context
from ..objects import Objects
from ..problems import UnknownName
from ..simulation import Simulation
from .snapshots import ResetFlags, Snapshots
from .uncopied import Uncopied

if TYPE_CHECKING:
    from ..network import Network
    from .saving import Parts


class KeepsState(Uncopied):
    """The methods of `Network` that keep and bring back states."""

    _context: Context
    _objects: Objects
    _simulation: Simulation
    _snapshots: Snapshots

    def reset(
        self,
        populations: bool = True,
        projections: bool = False,
        synapses: bool = False,
        monitors: bool = True,
        reseed_rng: bool = True,
        keep: Iterable[str] = (),
    ) -> None:
        """Go back to the values of the first compile, and to time 0.

        Parameters
        ----------
        populations : bool
            Parameters and variables of populations, spikes on their way, refractory periods.
        projections : bool
            Synaptic parameters and variables, except weights and delays.
        synapses : bool
            Weights and delays (and, with a warning, projections).
        monitors : bool
            Recorded data.
        reseed_rng : bool
            Draw the same random numbers again; else new ones.
        keep : list of str
            Attributes that stay: ``"w"`` of every object, or ``"object.attribute"``.
        """
        self._simulation.not_running()
        self._objects.write_waiting()
        flags = ResetFlags(populations, projections, synapses, monitors, reseed_rng)
        self._snapshots.reset(self._objects, flags, keep)

    def store(self, name: str = "default") -> None:
        """Keep the whole state in memory, under a name."""
        self._simulation.not_running()
        self._snapshots.store(name, self._objects)

    def restore(self, name: str = "default") -> None:
        """Go back to a stored state; what follows equals what would have followed then, bit for bit."""
        self._simulation.not_running()
        self._objects.write_waiting()
        self._snapshots.restore(name, self._objects)

    # -- files ---------------------------------------------------------------------------------------

    def save(self, path: Any, populations: bool = True, projections: bool = True) -> None:
        """Write structure and state to a file, which replaces one of that name when it is complete.

        Python callbacks and what monitors have recorded are not saved.

        Parameters
        ----------
        path : path
            HDF5 (needs the package h5py), or ``.npz``.
        populations, projections : bool
            Leave the values of some out; the file is then good for `load` of the others only.

        Raises
        ------
        FileProblem
            E505, the file cannot be written.
        """
        from .saving import save_network

        self._simulation.not_running()
        save_network(path, self._parts(), populations, projections)

    def load(
        self, path: Any, populations: bool | Iterable[str] = True, projections: bool | Iterable[str] = True
    ) -> None:
        """Bring back what `save` wrote.

        With both True, the whole state: what follows equals what would have followed then, bit for bit. The network
        must have the same structure. Otherwise attributes only, of one kind of objects; the clock and everything else
        stay as they are.

        Parameters
        ----------
        path : path
        populations, projections : bool or list of str
            A list names the attributes to load: ``load(path, populations=False, projections=["w"])``.

        Raises
        ------
        FileProblem
            E505, the file is damaged or of another network; nothing has been changed then.
        """
        from .saving import load_network

        self._simulation.not_running()
        load_network(path, self._parts(), populations, projections)

    @classmethod
    def from_file(cls, path: Any) -> Network:
        """Return the network that `save` wrote, in the state it had; no script is needed.

        Functions registered from Python have to be registered first. Monitors have their switches, and no data.

        Raises
        ------
        FileProblem
            E505, the file is damaged, or names a function that is not registered.
        """
        from .saving import from_file

        return from_file(path)

    def copy(self, seed: int | None = None) -> Network:
        """Return a network of the same structure, in the same state, that shares nothing with this one.

        Python callbacks, stored states, and monitors that write to files are not copied.

        Parameters
        ----------
        seed : int, optional
            Of the copy; the same by default.
        """
        from .saving import copy_network

        self._simulation.not_running()
        made = copy_network(self._parts())
        if seed is not None:
            made.seed = seed
        return made

    def _parts(self) -> Parts:
        from .saving import Parts

        return Parts(self._context, self._objects, self._simulation, self._snapshots)

    # -- values --------------------------------------------------------------------------------------

    def get_states(
        self, parameters: bool = True, variables: bool = True, units: bool = False
    ) -> dict[str, dict[str, Any]]:
        """Return copies of the attributes of all objects.

        Parameters
        ----------
        parameters, variables : bool
            Leave out one kind.
        units : bool
            Return pint quantities where the model declares units.

        Returns
        -------
        dict
            Object -> attribute -> number, or array of one value per neuron or synapse (in the order of ``proj.w``).
        """
        owners = (*self._objects.populations, *self._objects.connected)
        return {owner.name: owner._states(parameters, variables, units) for owner in owners}

    def set_states(self, values: Mapping[str, Mapping[str, Any]]) -> None:
        """Write what `get_states` returned, or a part of it; unknown names are refused before anything is written."""
        owners = {owner.name: owner for owner in (*self._objects.populations, *self._objects.connected)}
        for name, attributes in values.items():
            if name not in owners:
                raise UnknownName("object of the network", name, owners)
            for attribute in attributes:
                if attribute not in owners[name]._attribute_names():
                    raise UnknownName(f"attribute of {owners[name]._label}", attribute, owners[name]._attribute_names())
        for name, attributes in values.items():
            owners[name].set(attributes)
