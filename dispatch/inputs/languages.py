"""Languages by one name each: "de", "Deutsch" and "german" are German. Others are kept as typed."""

from __future__ import annotations

import unicodedata

from dispatch.inputs import validation

OTHER_NAMES = """
Arabic ar arabisch العربية
Bengali bn bengalisch বাংলা
Bulgarian bg bulgarisch български
Catalan ca katalanisch catala català
Chinese zh mandarin chinesisch 中文
Croatian hr kroatisch hrvatski
Czech cs tschechisch čeština cestina
Danish da dänisch danisch dansk
Dutch nl niederländisch niederlandisch nederlands
English en englisch
Finnish fi finnisch suomi
French fr französisch franzosisch français francais
German de deutsch
Greek el griechisch ελληνικά
Hebrew he hebräisch עברית
Hindi hi हिन्दी
Hungarian hu ungarisch magyar
Indonesian id indonesisch
Italian it italienisch italiano
Japanese ja japanisch 日本語
Korean ko koreanisch 한국어
Norwegian no nb norwegisch norsk
Persian fa farsi persisch فارسی
Polish pl polnisch polski
Portuguese pt portugiesisch português portugues
Romanian ro rumänisch română romana
Russian ru russisch русский
Serbian sr serbisch српски srpski
Slovak sk slowakisch slovenčina
Spanish es spanisch español espanol castellano
Swahili sw kiswahili
Swedish sv schwedisch svenska
Thai th thailändisch ไทย
Turkish tr türkisch türkçe turkce
Ukrainian uk ukrainisch українська
Urdu ur اردو
Vietnamese vi vietnamesisch
"""


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


_NAMES = {
    _folded(word): line.split()[0] for line in OTHER_NAMES.strip().splitlines() for word in line.split()
}

NAMES = tuple(dict.fromkeys(_NAMES.values()))
"""The names that are known, in order; any other is a language, too."""


def language(value: str | None) -> str | None:
    """Return a language's name, None for no text. Raises InvalidInput."""
    text = validation.optional_text(value, "language")
    if text is None:
        return None
    name = _NAMES.get(_folded(text))
    return name or text[:1].upper() + text[1:].lower()
