"""Makes labelled pairs of customers: one person written twice, or two who have something in common.

    python tests/dispatch/customers/labelled_pairs.py SEED > FILE

``pairs_development.jsonl`` is seed 1, with which the rules were made. ``pairs.jsonl`` is seed 2, of other names:
no rule is made by looking at it, nor at the hard ones of ``pairs_by_hand.jsonl``.
"""

from __future__ import annotations

import json
import random
import sys
import unicodedata
from collections.abc import Callable
from typing import Any

Row = dict[str, Any]

# ruff: noqa: E501
FIRST = {
    1: "Aisha Bruno Carla Dmitri Elena Farid Greta Hugo Irina Jonas Karin Lorenzo Mirjam Nadia Oskar Petra "
    "Quentin Renate Stefan Tamara Ulrich Viktor Wanda Xavier Yusuf Zora Björn Chloé José Søren",
    2: "Adele Boris Celine Damian Esther Florian Gloria Hannes Ingrid Javier Klara Leonard Marlene Norbert "
    "Ottilie Pascal Rosalie Severin Tobias Ursula Valentin Wilma Yannick Zelda André Zoë Jürgen Łukasz Niño Inès",
}
LAST = {
    1: "Abel Brandt Castellan Dorn Eberle Farkas Gruber Hartwig Ivanova Jansen Keller Lindqvist Moreau Novak "
    "Olsen Pereira Quandt Richter Sommer Tanaka Ulbricht Vargas Weber Young Zeller Müller Núñez Østergaard",
    2: "Adler Baumann Cardoso Dietrich Engel Fontaine Goldberg Hoffmann Iglesias Jovanovic Krause Lambert "
    "Marquez Nilsson Okafor Petersen Rossi Schubert Thompson Urban Vasquez Winkler Yamamoto Zimmer Böhm Gómez",
}
DOMAINS = ("example.com", "example.org", "mail.example", "post.example", "work.example")


class Maker:
    """Makes rows and pairs from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.first, self.last = FIRST[seed].split(), LAST[seed].split()
        self.used: set[str] = set()

    def person(self) -> Row:
        """Somebody new, of a name that nobody else has."""
        while True:
            first, last = self.random.choice(self.first), self.random.choice(self.last)
            if f"{first} {last}" not in self.used:
                break
            last = f"{last}-{self.random.choice(self.last)}"
            if f"{first} {last}" not in self.used:
                break
        self.used.add(f"{first} {last}")
        local = plain(f"{first}.{last}").lower()
        email = f"{local}{self.random.randrange(100)}@{self.random.choice(DOMAINS)}"
        return {"name": f"{first} {last}", "phone": self.phone(), "email": email}

    def phone(self) -> str:
        return f"+49 17{self.random.randrange(10)} {self.random.randrange(10**6, 10**7)}"

    # the same person, written twice

    def other_notation(self, row: Row) -> Row:
        digits = row["phone"].replace(" ", "")
        forms = (
            "0" + digits[3:],
            "00" + digits[1:],
            f"+49 (0){digits[3:]}",
            f"0{digits[3:6]}/{digits[6:9]}-{digits[9:]}",
            f"({'0' + digits[3:6]}) {digits[6:]}",
        )
        return row | {"phone": self.random.choice(forms), "email": None}

    def other_case(self, row: Row) -> Row:
        wide = "".join(chr(ord(one) + 0xFEE0) if one.isalnum() else one for one in row["email"])
        email = self.random.choice((row["email"].upper(), row["email"].title(), wide))
        return row | {"email": email, "phone": None}

    def slip(self, row: Row) -> Row:
        first, last = row["name"].split(" ", 1)
        place = self.random.randrange(1, max(2, len(last) - 1))
        slips = (
            last[:place] + last[place + 1 :],
            last[:place] + last[place] + last[place:],
            last[:place] + last[place + 1 : place + 2] + last[place] + last[place + 2 :],
        )
        return row | {"name": f"{first} {self.random.choice(slips)}"} | self.one_of_two()

    def one_of_two(self) -> Row:
        another = f"x{self.random.randrange(10**6)}@home.example"
        return self.random.choice(({"email": None}, {"phone": None}, {"email": another}))

    def without_marks(self, row: Row) -> Row:
        return row | {"name": plain(row["name"])} | self.one_of_two()

    def turned(self, row: Row) -> Row:
        first, last = row["name"].split(" ", 1)
        return row | {"name": f"{last}, {first}"} | self.one_of_two()

    def initial(self, row: Row) -> Row:
        first, last = row["name"].split(" ", 1)
        return row | {"name": f"{first[0]}. {last}"} | self.one_of_two()

    def titled(self, row: Row) -> Row:
        title = self.random.choice(("Dr.", "Frau", "Mr", "Prof."))
        return row | {"name": f"{title} {row['name']}"} | self.one_of_two()

    def middle(self, row: Row) -> Row:
        first, last = row["name"].split(" ", 1)
        return row | {"name": f"{first} {self.random.choice(self.first)[0]}. {last}"} | self.one_of_two()

    def married(self, row: Row) -> Row:
        first = row["name"].split(" ", 1)[0]
        last = self.random.choice([one for one in self.last if f"{first} {one}" not in self.used])
        self.used.add(f"{first} {last}")
        return row | {"name": f"{first} {last}", "email": None}

    def new_number(self, row: Row) -> Row:
        return row | {"phone": self.phone()}

    def wrong_digit(self, row: Row) -> Row:
        digits = row["phone"]
        place = self.random.randrange(-5, -1)
        other = str((int(digits[place]) + 1) % 10)
        return row | {"phone": digits[:place] + other + digits[place + 1 :], "email": None}

    def wrong_letter(self, row: Row) -> Row:
        email = row["email"]
        return row | {"email": email[:2] + email[3] + email[2] + email[4:], "phone": None}

    def halves(self, row: Row) -> Row:
        """One row has the number, the other the address: nothing in common but a name."""
        return row | {"phone": None}

    def moved_on(self, row: Row) -> Row:
        """Another number and another address: nobody can know."""
        return row | {"phone": self.phone(), "email": f"n{self.random.randrange(10**6)}@new.example"}

    # two people

    def family(self, row: Row) -> Row:
        first, last = row["name"].split(" ", 1)
        other = self.random.choice(
            [one for one in self.first if one[0] != first[0] and f"{one} {last}" not in self.used]
        )
        self.used.add(f"{other} {last}")
        email = self.random.choice((None, f"h{self.random.randrange(10**6)}@home.example"))
        return row | {"name": f"{other} {last}", "email": email}

    def couple(self, row: Row) -> Row:
        return self.family(row) | {"email": row["email"], "phone": self.random.choice((None, self.phone()))}

    def office(self, row: Row) -> Row:
        return self.person() | {"phone": row["phone"]}

    def box(self, row: Row) -> Row:
        return self.person() | {"email": row["email"]}

    def namesake(self, row: Row) -> Row:
        return row | {"phone": self.phone(), "email": f"o{self.random.randrange(10**6)}@else.example"}

    def namesake_by_phone(self, row: Row) -> Row:
        return row | {"phone": self.phone(), "email": None}

    def next_number(self, row: Row) -> Row:
        digits = row["phone"]
        return self.person() | {"phone": digits[:-1] + str((int(digits[-1]) + 1) % 10)}

    def nobody(self, row: Row) -> Row:
        return self.person()


SAME: list[tuple[int, Callable[[Maker, Row], Row]]] = [
    (55, Maker.other_notation),
    (25, Maker.other_case),
    (35, Maker.slip),
    (15, Maker.without_marks),
    (15, Maker.turned),
    (15, Maker.initial),
    (12, Maker.titled),
    (12, Maker.middle),
    (10, Maker.married),
    (20, Maker.new_number),
    (12, Maker.wrong_digit),
    (10, Maker.wrong_letter),
    (12, Maker.halves),
    (4, Maker.moved_on),
]
OTHERS: list[tuple[int, Callable[[Maker, Row], Row]]] = [
    (60, Maker.family),
    (30, Maker.couple),
    (25, Maker.office),
    (15, Maker.box),
    (35, Maker.namesake),
    (20, Maker.namesake_by_phone),
    (15, Maker.next_number),
    (15, Maker.nobody),
]


def plain(text: str) -> str:
    letters = (one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return "".join(letters).translate(str.maketrans("øØŁ", "oOL"))


def pairs(seed: int) -> list[Row]:
    """All pairs of a seed: ``same``, ``kind``, and the two rows."""
    maker = Maker(seed)
    made = []
    for is_same, kinds in ((True, SAME), (False, OTHERS)):
        for count, vary in kinds:
            for _ in range(count):
                row = maker.person()
                other = vary(maker, row)
                if vary is Maker.halves:
                    row = row | {"email": None}
                if vary is Maker.namesake_by_phone:
                    row = row | {"email": None}
                made.append({"same": is_same, "kind": vary.__name__, "one": row, "other": other})
    return made


if __name__ == "__main__":
    for pair in pairs(int(sys.argv[1])):
        sys.stdout.write(json.dumps(pair, ensure_ascii=False) + "\n")
