"""Numpy arrays, time and the objects of the user: networks, populations, projections, monitors, and two engines.

Nothing is imported here: `ranvier` loads each public name when it is first used.
"""
