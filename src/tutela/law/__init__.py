"""The law as dated data and rules that cite and never guess (see docs/law.md)."""

from tutela.law.answers import Answer, Citation, Outcome, Penalty, Reason, Reply
from tutela.law.asking import Question, next_questions, question_about
from tutela.law.change_of_law import qualify
from tutela.law.compare import compare
from tutela.law.deadlines import deadlines
from tutela.law.facts import Event, Facts, read_facts
from tutela.law.gaps import gaps
from tutela.law.load import load_law
from tutela.law.offence_card import OffenceCard, offence_card
from tutela.law.questions import compensation, jurisdiction, protections, status
from tutela.law.tables import Law

__all__ = [
    "Answer", "Citation", "Event", "Facts", "Law", "OffenceCard", "Outcome", "Penalty",
    "Question", "Reason", "Reply", "compare", "compensation", "deadlines", "gaps",
    "jurisdiction", "load_law", "next_questions", "offence_card", "protections", "qualify",
    "question_about", "read_facts", "status",
]  # fmt: skip
