"""A synthetic nation whose truth is known: children, suspects, and what ten agencies saw of them.

Everything here is invented. No name, number or date belongs to a person.
"""
