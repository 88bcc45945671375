"""The workloads in the peers' own languages; each module runs in the environment of its peer."""
