"""Which column holds which field: other programs' heads, --map, and what is not guessed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.inputs.column_names import Columns, match
from dispatch.inputs.head_words import plain
from dispatch.inputs.layouts import layouts
from models.errors import InvalidInput
from tests.steady import STEADY, examples

REST = "method,source,destination,launch"


def read(header: str, **given: dict[str, str]) -> Columns:
    return match(header.split(","), "leads", **given)


def heads_of(columns: Columns) -> dict[str, str]:
    return dict(columns.understood())


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        pytest.param(
            "CustomerName,CommunicationMethod,LeadSource,Destination,LaunchLocation",
            ["name", "method", "source", "destination", "launch"],
            id="challenge",
        ),
        pytest.param(
            "customer_name,COMMUNICATION METHOD,lead-source,Déstination,launch.location*",
            ["name", "method", "source", "destination", "launch"],
            id="dressed",
        ),
        pytest.param(
            "Name,Email address,Phone number (recommended)", ["name", "email", "phone"], id="Meta, by hand"
        ),
        pytest.param(
            "Vorname,Nachname,E-Mail-Adresse,Telefon", ["name", "name", "email", "phone"], id="German"
        ),
        pytest.param(
            "Person - Name,Person - Email - Work,Person - Phone", ["name", "email", "phone"], id="Pipedrive"
        ),
        pytest.param(
            "Requester Name,Requester Email,Description", ["name", "email", "requests"], id="Zendesk"
        ),
        pytest.param(
            "Name,How to reach,Type of lead,Going to,Leaving from",
            ["name", "method", "source", "destination", "launch"],
            id="a list kept by hand",
        ),
        pytest.param(
            "Name,How,Lead type,Heading to,Starting from",
            ["name", "method", "source", "destination", "launch"],
            id="in other words",
        ),
    ],
)
def test_heads_are_known_in_any_dress(header: str, wanted: list[str]) -> None:
    columns = read(header)
    places = {place: name for name, several in columns.places.items() for place in several}
    assert [places[place] for place in sorted(places)] == wanted
    assert (columns.ignored, columns.contact_like) == ((), ())


@pytest.mark.parametrize(
    ("header", "heads", "ignored"),
    [
        pytest.param(
            "Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Contact owner,Lead Status",
            {
                "external_id": "Record ID",
                "name": "First Name + Last Name",
                "email": "Email",
                "phone": "Phone Number + Mobile Phone Number",
            },
            ("Contact owner", "Lead Status"),
            id="HubSpot",
        ),
        pytest.param(
            "Salutation,First Name,Last Name,Company,Phone,Mobile,Email,Lead Source,Description,Owner Email",
            {
                "name": "First Name + Last Name",
                "phone": "Phone + Mobile",
                "email": "Email",
                "source": "Lead Source",
                "requests": "Description",
            },
            ("Salutation", "Company", "Owner Email"),
            id="Salesforce",
        ),
        pytest.param(
            "Lead Name,First Name,Last Name,Email,Email Opt Out,Secondary Email",
            {"name": "Lead Name", "email": "Email + Secondary Email"},
            ("First Name", "Last Name", "Email Opt Out"),
            id="Zoho",
        ),
        pytest.param(
            "id,created_time,form_name,is_organic,platform,full_name,phone_number,email",
            {"external_id": "id", "name": "full_name", "phone": "phone_number", "email": "email"},
            ("created_time", "form_name", "is_organic", "platform"),
            id="Meta",
        ),
    ],
)
def test_exports_of_other_programs(header: str, heads: dict[str, str], ignored: tuple[str, ...]) -> None:
    columns = read(header)
    assert heads_of(columns) == heads
    assert columns.ignored == ignored
    assert not columns.contact_like, "nothing of these is the customer's contact"


def test_parts_of_a_name_are_joined_and_contacts_are_kept_apart() -> None:
    columns = read("Last Name,First Name,Phone,Mobile,Notes,Message")
    assert columns.values(["Holm", " Ada ", "", "+1 555", "a window", "no meat"]) == {
        "name": "Ada Holm",
        "phone": "+1 555",
        "requests": "a window\nno meat",
    }
    assert columns.values(["Holm", "", "1", "2", "x", "x"]) == {
        "name": "Holm",
        "phone": "1; 2",
        "requests": "x",
    }


def test_what_looks_like_a_contact_is_told_until_it_is_mapped_or_dropped() -> None:
    header = "Name,Where can we mail you?,Best phone to try,Shoe size"
    assert read(header).contact_like == ("Where can we mail you?", "Best phone to try")
    mapped = read(header, given={"where can we MAIL you": "E-mail", "Best phone to try": "phone"})
    assert (mapped.contact_like, mapped.ignored) == ((), ("Shoe size",))
    assert heads_of(mapped)["email"] == "Where can we mail you?"
    dropped = match(header.split(","), "leads", dropped=["Best phone to try", "Where can we mail you?"])
    assert not dropped.contact_like


@pytest.mark.parametrize(
    "head",
    [
        *("Email hard bounce reason", "Marketing emails opened", "HasOptedOutOfEmail", "Mobile app version"),
        *(
            "Owner Email",
            "Phone country code",
            "Last email name",
            "email_verified",
            "is_mobile",
            "Company",
            "Sent to",
        ),
    ],
)
def test_a_fact_about_messages_or_another_persons_contact_is_no_contact(head: str) -> None:
    columns = read(f"name,{head}")
    assert (columns.ignored, columns.contact_like) == ((head,), ())


@pytest.mark.parametrize(
    ("head", "field"),
    [
        ("work_phone_number", "phone"),
        ("Person - Phone - Mobile", "phone"),
        ("Primary Email Address", "email"),
        ("Best phone", "phone"),
        ("properties.email", "email"),
        ("Your message", "requests"),
        ("Preferred contact method", "method"),
        ("Business name", ""),
        ("Company Name", ""),
        ("Campaign name", ""),
    ],
)
def test_a_word_before_or_behind_does_not_matter(head: str, field: str) -> None:
    assert next(iter(read(head).places), "") == field


def test_a_given_head_wins() -> None:
    columns = read("Name,Guest,Phone,Mobile", given={"Guest": "name", "Mobile": "phone"})
    assert heads_of(columns) == {"name": "Guest", "phone": "Mobile + Phone"}
    assert columns.ignored == ("Name",)


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        ({"Name": "fone"}, "'fone' is not a field of leads", "did you mean phone? fields: name, method, "),
        ({"Nmae": "name"}, "the file has no column 'Nmae'", "did you mean 'Name'? found: Name, Phone"),
        ({"": "name"}, "the file has no column ''", "found: Name, Phone"),
    ],
)
def test_a_wrong_mapping_is_refused_with_the_nearest(given: dict[str, str], message: str, hint: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read("Name,Phone", given=given)
    assert refused.value.message == message
    assert refused.value.hint.startswith(hint)


def test_a_weak_synonym_counts_only_alone() -> None:
    columns = read("Name,Lead Source,Lead Type,Contact method,How")
    assert heads_of(columns) == {"name": "Name", "source": "Lead Source", "method": "Contact method"}
    assert (columns.ignored, dict(columns.doubled)) == (("Lead Type", "How"), {})


@pytest.mark.parametrize(
    ("header", "example"),
    [
        ("Name,Row,Type of source", "--map 'Type of source=source'"),
        ("Name,Row,Mars or Venus", "--map HEAD=source"),
        ("Name,where_is_your_destination", "--map where_is_your_destination=destination"),
    ],
)
def test_a_missing_column_is_refused_with_an_example(header: str, example: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(header).check("f.csv", defaults=["method", "launch"])
    assert refused.value.message == "f.csv lacks the column source, destination"
    found = header.replace(",", ", ")
    assert refused.value.hint.startswith(f"found: {found}; say which it is, like {example}; fields: name,")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (f"name,Name,{REST}", "f has the column name twice"),
        (f"name,email,E-Mail,{REST}", "f has the column email twice"),
        (
            "name,method,lead source,original source,destination,launch",
            "f has several columns for source: lead source, original source",
        ),
    ],
)
def test_columns_of_equal_right_are_refused(header: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        read(header).check("f")


def test_a_field_of_its_own_name_goes_before_synonyms() -> None:
    columns = read("name,lead source,source,method,destination,launch")
    columns.check("f")
    assert heads_of(columns)["source"] == "source"
    assert columns.ignored == ("lead source",)


@pytest.mark.parametrize("kind", layouts())
def test_every_field_is_known_by_its_own_name(kind: str) -> None:
    layout = layouts()[kind]
    columns = match(layout.fields, layout)
    assert list(columns.places) == list(layout.fields)
    assert not columns.missing()


@pytest.mark.parametrize("kind", layouts())
def test_no_synonym_means_two_fields(kind: str) -> None:
    layout = layouts()[kind]
    own = {plain(name): name for name in layout.all_names}
    meant: dict[str, set[str]] = {}
    for name, words in layout.synonyms.items():
        for word in words:
            assert word == plain(word), "written as letters and digits alone"
            meant.setdefault(word, set()).add(own.get(word, name))
    assert {word: names for word, names in meant.items() if len(names) > 1} == {}


@pytest.mark.parametrize(
    ("kind", "header", "missing"),
    [
        ("agents", "id,First,Last,Title,Department,Years,Rating,License", []),
        ("assignments", "assignment id,agent id,Vorname,Nachname,method,source,assigned at", []),
        ("bookings", "booking_id,assignment_id,destination,launch,status", ["BookingCompleteDate"]),
    ],
)
def test_imported_tables_have_the_same_freedom(kind: str, header: str, missing: list[str]) -> None:
    assert match(header.split(","), kind).missing()[:1] == missing


HEADS = st.lists(
    st.sampled_from(
        ["Name", "First Name", "last_name", "E-Mail", "Phone", "Mobile", "Source", "Lead Source", "Row"]
    )
    | st.text(max_size=12),
    max_size=12,
)


@settings(STEADY, max_examples=examples(200))
@given(HEADS, st.sampled_from(sorted(layouts())))
def test_every_head_is_read_ignored_or_doubled(heads: list[str], kind: str) -> None:
    columns = match(heads, kind)
    read = [place for places in columns.places.values() for place in places]
    assert len(read) == len(set(read))
    doubled = [head for several in columns.doubled.values() for head in several]
    accounted = [*(columns.heads[place] for place in read), *doubled, *columns.ignored]
    assert sorted(accounted) == sorted(filter(None, columns.heads))
    assert set(columns.contact_like) <= set(columns.ignored)
    row = [f"cell {place}" for place in range(len(heads))]
    joined = "".join(value or "" for value in columns.values(row).values())
    assert all(row[place] in joined for place in read)
