"""`ranvier.experiment`: experiments that are run again and again, with CompNeuroPy's names (docs/experiments.md).

Everything is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ranvier.runtime.experiment.analysis import get_maximum as get_maximum
    from ranvier.runtime.experiment.analysis import get_minimum as get_minimum
    from ranvier.runtime.experiment.analysis import get_nanmean as get_nanmean
    from ranvier.runtime.experiment.analysis import get_nanstd as get_nanstd
    from ranvier.runtime.experiment.analysis import get_number_of_decimals as get_number_of_decimals
    from ranvier.runtime.experiment.analysis import get_number_of_zero_decimals as get_number_of_zero_decimals
    from ranvier.runtime.experiment.analysis import get_pop_rate as get_pop_rate
    from ranvier.runtime.experiment.analysis import get_population_power_spectrum as get_population_power_spectrum
    from ranvier.runtime.experiment.analysis import (
        get_power_spektrum_from_time_array as get_power_spektrum_from_time_array,
    )
    from ranvier.runtime.experiment.analysis import get_spike_features_loss_of_chunk as get_spike_features_loss_of_chunk
    from ranvier.runtime.experiment.analysis import get_spike_features_of_chunk as get_spike_features_of_chunk
    from ranvier.runtime.experiment.analysis import my_raster_plot as my_raster_plot
    from ranvier.runtime.experiment.analysis import rmse as rmse
    from ranvier.runtime.experiment.analysis import rsse as rsse
    from ranvier.runtime.experiment.analysis import sample_data_with_timestep as sample_data_with_timestep
    from ranvier.runtime.experiment.analysis import time_data_add_nan as time_data_add_nan
    from ranvier.runtime.experiment.analysis import time_data_fill_gaps as time_data_fill_gaps
    from ranvier.runtime.experiment.arithmetic import evaluate_expression_with_dict as evaluate_expression_with_dict
    from ranvier.runtime.experiment.dbs import DBSstimulator as DBSstimulator
    from ranvier.runtime.experiment.events import SimulationEvents as SimulationEvents
    from ranvier.runtime.experiment.experiment import CompNeuroExp as CompNeuroExp
    from ranvier.runtime.experiment.experiment import ExperimentResults as ExperimentResults
    from ranvier.runtime.experiment.full_models import HHmodelBischop as HHmodelBischop
    from ranvier.runtime.experiment.full_models import HHmodelCorbit as HHmodelCorbit
    from ranvier.runtime.experiment.model import CompNeuroModel as CompNeuroModel
    from ranvier.runtime.experiment.monitors import CompNeuroMonitors as CompNeuroMonitors
    from ranvier.runtime.experiment.optimization import OptNeuron as OptNeuron
    from ranvier.runtime.experiment.plotting import PlotRecordings as PlotRecordings
    from ranvier.runtime.experiment.requirements import ReqPopHasAttr as ReqPopHasAttr
    from ranvier.runtime.experiment.simulation import CompNeuroSim as CompNeuroSim
    from ranvier.runtime.experiment.simulation import SimInfo as SimInfo
    from ranvier.runtime.experiment.stimulation import attr_ramp as attr_ramp
    from ranvier.runtime.experiment.stimulation import attr_sim as attr_sim
    from ranvier.runtime.experiment.stimulation import attribute_step as attribute_step
    from ranvier.runtime.experiment.stimulation import current_ramp as current_ramp
    from ranvier.runtime.experiment.stimulation import current_step as current_step
    from ranvier.runtime.experiment.stimulation import current_stim as current_stim
    from ranvier.runtime.experiment.stimulation import increasing_attr as increasing_attr
    from ranvier.runtime.experiment.stimulation import increasing_current as increasing_current
    from ranvier.runtime.experiment.storage import create_data_raw_folder as create_data_raw_folder
    from ranvier.runtime.experiment.storage import load_variables as load_variables
    from ranvier.runtime.experiment.storage import run_script_parallel as run_script_parallel
    from ranvier.runtime.experiment.storage import save_variables as save_variables
    from ranvier.runtime.experiment.storage import timing_decorator as timing_decorator
    from ranvier.runtime.experiment.times import RecordingTimes as RecordingTimes
    from ranvier.runtime.experiment.whole import annarchy_compiled as annarchy_compiled
    from ranvier.runtime.experiment.whole import cnp_clear as cnp_clear
    from ranvier.runtime.experiment.whole import compile_in_folder as compile_in_folder
    from ranvier.runtime.experiment.whole import get_full_model as get_full_model
    from ranvier.runtime.models.artificial import FactorSynapse as FactorSynapse
    from ranvier.runtime.models.artificial import IntegratorNeuron as IntegratorNeuron
    from ranvier.runtime.models.artificial import IntegratorNeuronSimple as IntegratorNeuronSimple
    from ranvier.runtime.models.artificial import PoissonNeuron as PoissonNeuron
    from ranvier.runtime.models.artificial import PoissonNeuronSin as PoissonNeuronSin
    from ranvier.runtime.models.artificial import PoissonNeuronUpDown as PoissonNeuronUpDown
    from ranvier.runtime.models.izhikevich_2003 import Izhikevich2003FixedNoisyAmpa as Izhikevich2003FixedNoisyAmpa
    from ranvier.runtime.models.izhikevich_2003 import Izhikevich2003NoisyAmpa as Izhikevich2003NoisyAmpa
    from ranvier.runtime.models.izhikevich_2003 import Izhikevich2003NoisyAmpaNonlin as Izhikevich2003NoisyAmpaNonlin
    from ranvier.runtime.models.izhikevich_2003 import (
        Izhikevich2003NoisyAmpaOscillating as Izhikevich2003NoisyAmpaOscillating,
    )
    from ranvier.runtime.models.izhikevich_2003 import Izhikevich2003NoisyBase as Izhikevich2003NoisyBase
    from ranvier.runtime.models.izhikevich_2003 import Izhikevich2003NoisyBaseNonlin as Izhikevich2003NoisyBaseNonlin
    from ranvier.runtime.models.izhikevich_2007 import Izhikevich2007 as Izhikevich2007
    from ranvier.runtime.models.izhikevich_2007 import (
        Izhikevich2007CorbitFsiNoisyAmpa as Izhikevich2007CorbitFsiNoisyAmpa,
    )
    from ranvier.runtime.models.izhikevich_2007 import (
        Izhikevich2007CorbitFsiNoisyBase as Izhikevich2007CorbitFsiNoisyBase,
    )
    from ranvier.runtime.models.izhikevich_2007 import Izhikevich2007FsiNoisyAmpa as Izhikevich2007FsiNoisyAmpa
    from ranvier.runtime.models.izhikevich_2007 import Izhikevich2007NoisyAmpa as Izhikevich2007NoisyAmpa
    from ranvier.runtime.models.izhikevich_2007 import (
        Izhikevich2007NoisyAmpaOscillating as Izhikevich2007NoisyAmpaOscillating,
    )
    from ranvier.runtime.models.izhikevich_2007 import Izhikevich2007NoisyBase as Izhikevich2007NoisyBase
    from ranvier.runtime.models.izhikevich_2007 import Izhikevich2007RecCur as Izhikevich2007RecCur
    from ranvier.runtime.models.izhikevich_2007 import Izhikevich2007Syn as Izhikevich2007Syn
    from ranvier.runtime.models.izhikevich_2007 import Izhikevich2007VoltageClamp as Izhikevich2007VoltageClamp
    from ranvier.runtime.models.striatum import HHneuronBischop as HHneuronBischop
    from ranvier.runtime.models.striatum import HHneuronBischopSyn as HHneuronBischopSyn
    from ranvier.runtime.models.striatum import HHneuronCorbit as HHneuronCorbit
    from ranvier.runtime.models.striatum import HHneuronCorbitSyn as HHneuronCorbitSyn
    from ranvier.runtime.models.striatum import HHneuronCorbitVoltageClamp as HHneuronCorbitVoltageClamp

_HOMES = {
    "ranvier.runtime.experiment.analysis": (
        "get_maximum",
        "get_minimum",
        "get_nanmean",
        "get_nanstd",
        "get_number_of_decimals",
        "get_number_of_zero_decimals",
        "get_pop_rate",
        "get_population_power_spectrum",
        "get_power_spektrum_from_time_array",
        "get_spike_features_loss_of_chunk",
        "get_spike_features_of_chunk",
        "my_raster_plot",
        "rmse",
        "rsse",
        "sample_data_with_timestep",
        "time_data_add_nan",
        "time_data_fill_gaps",
    ),
    "ranvier.runtime.experiment.arithmetic": ("evaluate_expression_with_dict",),
    "ranvier.runtime.experiment.dbs": ("DBSstimulator",),
    "ranvier.runtime.experiment.events": ("SimulationEvents",),
    "ranvier.runtime.experiment.experiment": (
        "CompNeuroExp",
        "ExperimentResults",
    ),
    "ranvier.runtime.experiment.full_models": (
        "HHmodelBischop",
        "HHmodelCorbit",
    ),
    "ranvier.runtime.experiment.model": ("CompNeuroModel",),
    "ranvier.runtime.experiment.monitors": ("CompNeuroMonitors",),
    "ranvier.runtime.experiment.optimization": ("OptNeuron",),
    "ranvier.runtime.experiment.plotting": ("PlotRecordings",),
    "ranvier.runtime.experiment.requirements": ("ReqPopHasAttr",),
    "ranvier.runtime.experiment.simulation": (
        "CompNeuroSim",
        "SimInfo",
    ),
    "ranvier.runtime.experiment.stimulation": (
        "attr_ramp",
        "attr_sim",
        "attribute_step",
        "current_ramp",
        "current_step",
        "current_stim",
        "increasing_attr",
        "increasing_current",
    ),
    "ranvier.runtime.experiment.storage": (
        "create_data_raw_folder",
        "load_variables",
        "run_script_parallel",
        "save_variables",
        "timing_decorator",
    ),
    "ranvier.runtime.experiment.times": ("RecordingTimes",),
    "ranvier.runtime.experiment.whole": (
        "annarchy_compiled",
        "cnp_clear",
        "compile_in_folder",
        "get_full_model",
    ),
    "ranvier.runtime.models.artificial": (
        "FactorSynapse",
        "IntegratorNeuron",
        "IntegratorNeuronSimple",
        "PoissonNeuron",
        "PoissonNeuronSin",
        "PoissonNeuronUpDown",
    ),
    "ranvier.runtime.models.izhikevich_2003": (
        "Izhikevich2003FixedNoisyAmpa",
        "Izhikevich2003NoisyAmpa",
        "Izhikevich2003NoisyAmpaNonlin",
        "Izhikevich2003NoisyAmpaOscillating",
        "Izhikevich2003NoisyBase",
        "Izhikevich2003NoisyBaseNonlin",
    ),
    "ranvier.runtime.models.izhikevich_2007": (
        "Izhikevich2007",
        "Izhikevich2007CorbitFsiNoisyAmpa",
        "Izhikevich2007CorbitFsiNoisyBase",
        "Izhikevich2007FsiNoisyAmpa",
        "Izhikevich2007NoisyAmpa",
        "Izhikevich2007NoisyAmpaOscillating",
        "Izhikevich2007NoisyBase",
        "Izhikevich2007RecCur",
        "Izhikevich2007Syn",
        "Izhikevich2007VoltageClamp",
    ),
    "ranvier.runtime.models.striatum": (
        "HHneuronBischop",
        "HHneuronBischopSyn",
        "HHneuronCorbit",
        "HHneuronCorbitSyn",
        "HHneuronCorbitVoltageClamp",
    ),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)


def __getattr__(name: str) -> Any:
    """Load a name when it is first used (PEP 562)."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'ranvier.experiment' has no attribute '{name}'")
    value = getattr(importlib.import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the names, loaded or not."""
    return list(__all__)
