"""Other simulators' names over Ranvier's network."""
