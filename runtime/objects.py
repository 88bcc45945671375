"""`Objects`: everything that a network is made of, by kind, in the order of creation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .callbacks import Callbacks
from .groups.population import Population
from .recording.file import RecordingFile
from .recording.monitors import Monitor
from .registry import Registry
from .synapses.projection import Projection


@dataclass(slots=True)
class Objects:
    """The objects of one network; names are unique across kinds."""

    populations: Registry[Population]
    projections: Registry[Projection]
    monitors: Registry[Monitor]
    callbacks: Callbacks = field(default_factory=Callbacks)
    files: dict[str, RecordingFile] = field(default_factory=dict)

    @classmethod
    def empty(cls) -> Objects:
        """Return a network's objects before any is created."""
        taken: set[str] = set()
        return cls(Registry("population", taken), Registry("projection", taken), Registry("monitor", taken))

    def file(self, path: Any) -> RecordingFile:
        """Return the file that monitors write to, the same for equal paths."""
        made = RecordingFile(path)
        return self.files.setdefault(str(made.path), made)

    def write_waiting(self) -> None:
        """Write to the files what single steps recorded; an error of a file comes before anything is changed."""
        for file in self.files.values():
            file.flush()

    @property
    def connected(self) -> list[Projection]:
        """The projections that have synapses."""
        return [p for p in self.projections if p.connected]
