"""Code lists and mappings of a country, with labels in French, Dutch, German and English."""

from tutela.vocabulary.catalogue import Vocabulary, load
from tutela.vocabulary.codelist import Code, CodeList
from tutela.vocabulary.faults import check
from tutela.vocabulary.figures import published_figures
from tutela.vocabulary.mapping import Link, Mapping

__all__ = [
    "Code",
    "CodeList",
    "Link",
    "Mapping",
    "Vocabulary",
    "check",
    "load",
    "published_figures",
]
