"""Words that decide whether a full stop ends a sentence; English, the language of the models.

Kept as words rather than learnt weights, so that a wrong cut is mended by moving one word.
"""

from __future__ import annotations


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


TITLES = _set("""
    Adm Amb Asst Atty Brig Capt Cmdr Cmdt Col Comdr Comm Cpl Cpt Dep Det Dir Dr Fr Gen Gov
    Hon Insp Lieut Lt Maj Messrs Mgr Mlle Mme Mr Mrs Ms Msgr Pfc Pres Prof Profs Pte Pvt
    Rep Reps Rev Sec Sen Sens Sgt Spc Supt Treas Univ Dept Gens Drs Hons Sra Srta Mx
    """)
"""Written with a capital and followed by a name: the stop after them never ends a sentence."""

NEVER_LAST = _set("""
    approx bzgl bzw ca cf e.g eg esp i.e ie incl resp sc viz vs v z.b d.h u.a p.ej
    al.e pseud orig
    """)
"""In any case: what they announce still follows."""

NUMBERED = _set("""
    al apt app arts art b bk c ca chap ch col d eq eqs est fig figs fl fol ex lot nn no nos nr op p
    para par pg pp pt pts rd sec sect ser st tab tel var vol vols §
    """)
"""In any case: the stop does not end the sentence if a number follows."""

SOMETIMES_LAST = _set("""
    Ala Ariz Ark Assn Assoc Ave Bd Bldg Blvd Bros Cal Calif Cie Co Cos Colo Conn Corp Cty Del
    Dist Div Dr Esq Est Ext Fla Ft Ga Gmbh Ill Inc Ind Inst Intl Jr Kan Ky La Ln Ltd Mass Md Me
    Mfg Mich Minn Miss Mo Mont Mt Mts Natl Neb Nev Okla Ont Ore Pa Penn Pkwy Pl Pty Que Rd Rte Sq
    Sr St Ste Tenn Tex Tpke Va Vt Wash Wis Wyo
    Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec
    Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun
    PhD Ph.D Ed.D M.D B.A M.A B.Sc M.Sc D.Phil
    """)
"""Written with a capital: the stop ends the sentence if a word of ``STARTERS`` follows."""

STARTERS = _set("""
    A About According Across After Again Against All Almost Along Already Also Although Always
    Among An And Another Any Anyone Are As At Because Before Behind Being Below Beside Besides
    Between Beyond Both But By Can Could Critics Despite Did Do Does Down During Each Earlier Early
    Either Even Eventually Ever Every Everyone Everything Except Few Finally Following For From
    Further Had Has Have Having He Hence Her Here Hers His How However I If In Indeed Initially
    Inside Instead Into Is It Its Just Last Later Less Let Like Many Maybe Meanwhile More Moreover
    Most Much My Neither Never Nevertheless Nobody Nonetheless Nor Not Nothing Now Of Officials
    Often On Once Only Or Other Others Otherwise Our Over People Perhaps Previously Rather Recently
    Reporters Several She Should Since So Some Someone Something Sometimes Soon Still Such Than
    Thanks That The Their Then There Therefore These They This Those Though Through Throughout Thus
    To Today Together Tomorrow Under Unless Unlike Until Up Upon Very Was We Were What Whatever
    When Where Whether Which While Who Why With Within Without Would Yes Yesterday Yet You Your
    """)
"""Words that begin sentences and are no part of a name."""

CLOCK = _set("a.m p.m am pm")
"""The stop after them ends the sentence unless a word of ``AFTER_CLOCK`` follows."""

AFTER_CLOCK = _set("""
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Tues Wed Thu Thurs Fri Sat
    Sun January February March April May June July August September October November December Jan
    Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Eastern Central Mountain Pacific Greenwich Moscow
    Beijing London Local ET EST EDT CT CST CDT MT MST MDT PT PST PDT GMT UTC BST CET IST JST
    """)

SAYING = _set("""
    asked said says asks cried shouted replied answered exclaimed wondered whispered demanded
    added wrote told screamed yelled inquired muttered
    """)
"""Verbs by which a question or an exclamation is given to its speaker in the same sentence."""

GERMAN_MONTHS = _set("""
    Januar Februar März April Mai Juni Juli August September Oktober November Dezember
    Jänner Jahrhundert
    """)
"""After an ordinal such as ``9.`` they go on with the sentence."""
