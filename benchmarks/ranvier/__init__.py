"""The workloads as Ranvier models, one module each, written as a user would write them."""
