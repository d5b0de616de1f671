"""Declared indicators, counted into frequency tables over linked children, cases and reports."""

from tutela.indicators.declared import Indicator, load

__all__ = ["Indicator", "load"]
