"""`ranvier.experiment`: experiments that are run again and again, with CompNeuroPy's names (docs/experiments.md)."""

from ranvier.runtime.experiment.events import SimulationEvents
from ranvier.runtime.experiment.experiment import CompNeuroExp, ExperimentResults
from ranvier.runtime.experiment.model import CompNeuroModel
from ranvier.runtime.experiment.monitors import CompNeuroMonitors
from ranvier.runtime.experiment.requirements import ReqPopHasAttr
from ranvier.runtime.experiment.simulation import CompNeuroSim, SimInfo
from ranvier.runtime.experiment.stimulation import (
    attr_ramp,
    attr_sim,
    attribute_step,
    current_ramp,
    current_step,
    current_stim,
    increasing_attr,
    increasing_current,
)
from ranvier.runtime.experiment.times import RecordingTimes

__all__ = [
    "CompNeuroExp",
    "CompNeuroModel",
    "CompNeuroMonitors",
    "CompNeuroSim",
    "ExperimentResults",
    "RecordingTimes",
    "ReqPopHasAttr",
    "SimInfo",
    "SimulationEvents",
    "attr_ramp",
    "attr_sim",
    "attribute_step",
    "current_ramp",
    "current_step",
    "current_stim",
    "increasing_attr",
    "increasing_current",
]
