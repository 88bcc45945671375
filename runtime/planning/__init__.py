"""From the objects of a network to the plan that an engine executes."""
