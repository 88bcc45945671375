"""Pictures of a simulation."""
