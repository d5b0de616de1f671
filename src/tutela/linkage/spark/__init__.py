"""Linkage past one machine: the same model and the same kernels, spread by Apache Spark."""
