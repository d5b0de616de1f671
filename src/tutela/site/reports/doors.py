"""The four doors and what is asked behind each.

The words for a child are short and speak to a young person; nobody is asked for a picture, a name
is never needed, and present danger is asked first, because it changes what happens next. Codes of
forms and situations are those of the code lists.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.site.reports.questions import Door, Kind, Option, Question

_YES_NO = (
    Option("yes", _("Yes")),
    Option("no", _("No")),
    Option("unknown", _("I don’t know")),
)
_AGES = (
    Option("0-5", _("Younger than 6")),
    Option("6-9", _("6 to 9")),
    Option("10-13", _("10 to 13")),
    Option("14-15", _("14 or 15")),
    Option("16-17", _("16 or 17")),
    Option("18", _("18 or older")),
    Option("unknown", _("I don’t know, or I’d rather not say")),
)
_SITUATIONS = (
    Option("care", _("Lives in a home, in foster care or elsewhere outside the family")),
    Option("runaway", _("Has run away")),
    Option("street", _("Has no fixed place to sleep")),
    Option("migration", _("Has come from another country and has no secure papers")),
    Option("disability", _("Has a disability")),
    Option("poverty", _("Has too little money for food, clothes or a home")),
    Option("conflict_with_law", _("Has trouble with the police or a court")),
)
_FORMS = (
    Option("prostitution", _("Sex with a child in exchange for money, gifts or a place to stay")),
    Option("grooming", _("Somebody approaches a child online or offline for sex")),
    Option("sexual_extortion", _("A child is threatened with pictures")),
    Option("csam", _("Pictures or videos of abuse are made or passed on")),
    Option("live_streaming", _("Abuse is shown live on the internet")),
    Option("trafficking", _("A child is recruited, moved or kept for sex")),
    Option("cefm", _("A child is married, or is to be married")),
    Option("other", _("Something else")),
    Option("unknown", _("I don’t know")),
)
_WAY_TO_REACH = Question(
    "reach",
    _("May somebody call or write to you?"),
    Kind.TEXT,
    hint=_(
        "You need not say who you are. If you wish, write a name, a telephone number or an e-mail"
        " address, and when it is safe to use it."
    ),
)

CHILD = Door(
    "child",
    _("I am a child or young person"),
    _("Something is happening to you, or has happened."),
    (
        Question("danger", _("Are you in danger right now?"), Kind.ONE, _YES_NO,
                 hint=_("If you are, call 112 if you can. It is free, also without credit.")),
        Question("forms", _("What is happening?"), Kind.SEVERAL, (
            Option("other", _("Somebody touches me or makes me do sexual things")),
            Option("csam", _("Somebody has a picture or video of me")),
            Option("grooming", _("Somebody asks me for pictures, or talks to me about sex")),
            Option("sexual_extortion",
                   _("Somebody threatens to share pictures of me, or wants money")),
            Option("prostitution",
                   _("I get money, gifts or a place to sleep for sexual things")),
            Option("trafficking", _("Somebody brings me to other people for sex")),
            Option("cefm", _("They want me to marry, or I had to marry")),
            Option("unknown", _("Something else, or I don’t know what to call it")),
        ), hint=_("You can choose more than one. It is not your fault, whatever you did.")),
        Question("words", _("Tell it in your own words"), Kind.TEXT,
                 hint=_("As much or as little as you want. Do not send any picture.")),
        Question("relation", _("Who is doing it?"), Kind.ONE, (
            Option("family", _("Somebody in my family")),
            Option("trusted", _("Somebody I know well: a friend, a boyfriend or girlfriend,"
                                " somebody from school, a club or a home")),
            Option("online", _("Somebody I only know online")),
            Option("stranger", _("Somebody I don’t know")),
            Option("unknown", _("I’d rather not say")),
        )),
        Question("ongoing", _("Is it still going on?"), Kind.ONE, _YES_NO),
        Question("age", _("How old are you?"), Kind.ONE, _AGES),
        Question("place", _("In which town or village are you?"), Kind.LINE,
                 hint=_("This helps to find somebody near you. You can leave it out.")),
        Question("situations", _("Is one of these true for you?"), Kind.SEVERAL, (
            Option("care", _("I live in a home, in foster care or elsewhere outside my family")),
            Option("runaway", _("I have run away")),
            Option("street", _("I have no fixed place to sleep")),
            Option("migration", _("I come from another country and have no secure papers")),
            Option("disability", _("I have a disability")),
            Option("conflict_with_law", _("I have trouble with the police or a court")),
        )),
        Question("wish", _("What would help you?"), Kind.SEVERAL, (
            Option("talk", _("Only to talk, for now")),
            Option("stop", _("That it stops")),
            Option("picture", _("That a picture disappears")),
            Option("police", _("Somebody who goes to the police with me")),
            Option("place", _("A safe place to be")),
            Option("unknown", _("I don’t know")),
        ), hint=_("Nothing of this happens behind your back.")),
    ),
)  # fmt: skip

WORRIED = Door(
    "worried",
    _("I am worried about a child"),
    _("You know a child, or you saw or heard something."),
    (
        Question("danger", _("Is the child in danger right now?"), Kind.ONE, _YES_NO,
                 hint=_("If so, call 101 or 112 first. Then come back and write it down.")),
        Question("forms", _("What do you think is happening?"), Kind.SEVERAL, _FORMS),
        Question("words", _("What did you see or hear?"), Kind.TEXT, needed=True,
                 hint=_("What, where, when and how often. Say what you saw yourself and what others"
                        " told you. Do not question the child and do not look for proof.")),
        Question("age", _("How old is the child?"), Kind.ONE, _AGES),
        Question("place", _("In which town or village?"), Kind.LINE),
        Question("child", _("Who is the child?"), Kind.TEXT,
                 hint=_("A name, a school, an address or a user name, if you know it.")),
        Question("relation", _("Whom do you suspect?"), Kind.ONE, (
            Option("family", _("Somebody in the child’s family")),
            Option("trusted", _("Somebody the child knows well or depends on")),
            Option("online", _("Somebody the child knows online")),
            Option("stranger", _("Somebody else")),
            Option("unknown", _("I don’t know")),
        )),
        Question("suspect", _("What do you know about that person?"), Kind.TEXT,
                 hint=_("A name, an address, a car, a user name: whatever you know.")),
        Question("ongoing", _("Is it still going on?"), Kind.ONE, _YES_NO),
        Question("situations", _("Is one of these true for the child?"), Kind.SEVERAL, _SITUATIONS),
        _WAY_TO_REACH,
    ),
)  # fmt: skip

TRAVEL = Door(
    "travel",
    _("I saw something while travelling"),
    _("In a hotel, a bar, on the street, on a trip, in Belgium or abroad."),
    (
        Question("danger", _("Is a child in danger right now?"), Kind.ONE, _YES_NO,
                 hint=_("If so, call the local emergency number first; in the European Union"
                        " it is 112.")),
        Question("country", _("In which country?"), Kind.COUNTRY, needed=True),
        Question("place", _("Where exactly?"), Kind.LINE,
                 hint=_("Town, street, name of the hotel, bar or beach.")),
        Question("operator", _("Was a travel company involved?"), Kind.LINE,
                 hint=_("Airline, tour operator, hotel chain, platform: leave it out if none.")),
        Question("when", _("When was it?"), Kind.LINE),
        Question("forms", _("What did you see?"), Kind.SEVERAL, _FORMS),
        Question("words", _("Describe what you saw"), Kind.TEXT, needed=True),
        Question("suspect_ties", _("Has the suspected person to do with Belgium?"), Kind.ONE, (
            Option("belgian", _("Is Belgian")),
            Option("resident", _("Lives in Belgium")),
            Option("present", _("Is in Belgium now")),
            Option("none", _("None of these")),
            Option("unknown", _("I don’t know")),
        ), hint=_("Belgium can act on some acts abroad. What you know helps to see whether.")),
        Question("suspect", _("What do you know about that person?"), Kind.TEXT),
        Question("reported", _("Did you already tell somebody there?"), Kind.LINE),
        _WAY_TO_REACH,
    ),
)  # fmt: skip

IMAGES = Door(
    "images",
    _("I found images or a site"),
    _("A page, an account, a group or a message that shows or seeks the abuse of children."),
    (
        Question("danger", _("Do you know that a child is in danger right now?"), Kind.ONE, _YES_NO,
                 hint=_("Do not look again, do not save anything and do not pass it on: to possess"
                        " or to pass on such images is an offence. Addresses and words are"
                        " enough.")),
        Question("forms", _("What is it?"), Kind.SEVERAL, (
            Option("csam", _("Pictures or videos of the abuse of a child")),
            Option("ai_csam", _("Such pictures made or changed by a computer")),
            Option("live_streaming", _("Abuse that is shown live")),
            Option("grooming", _("Messages only: somebody seeks or presses a child")),
            Option("sexual_extortion", _("Messages only: somebody threatens with pictures")),
            Option("other", _("Something else")),
            Option("unknown", _("I don’t know")),
        )),
        Question("addresses", _("Where is it?"), Kind.ADDRESSES, needed=True,
                 hint=_("One address on each line: a web address, a user name with the name of the"
                        " service, the name of a group or channel.")),
        Question("words", _("What else should we know?"), Kind.TEXT,
                 hint=_("How you came upon it, when, and whether somebody boasts of more. For"
                        " messages, what was said.")),
        Question("hosted", _("Do you know where the site or the person is?"), Kind.ONE, (
            Option("belgium", _("In Belgium")),
            Option("abroad", _("Abroad")),
            Option("unknown", _("I don’t know")),
        )),
        Question("child", _("Do you know the child?"), Kind.TEXT),
        _WAY_TO_REACH,
    ),
)  # fmt: skip

DOORS = {door.name: door for door in (CHILD, WORRIED, TRAVEL, IMAGES)}
