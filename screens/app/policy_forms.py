"""Forms for choosing the policy and evening out loads, each with a preview."""

from __future__ import annotations

from rich.text import Text

from dispatch import queries
from dispatch.assignment import policy_trial, shuffle
from dispatch.assignment.policies import POLICIES
from dispatch.assignment.row_types import PolicyTrial, Shuffled
from dispatch.desk.desk import Desk
from dispatch.operations import configuration
from dispatch.queries.row_types import MoveRow
from dispatch.queries.wording import plural
from models.base import Json
from screens.dialogs.form import Field, FormModal, Values
from screens.fields.preview import Preview
from screens.wording.reasons import policy_word
from screens.wording.text import short

NAME_WIDTH = 30
MOST_MOVES = 40


def policy_form(current: str, name: str) -> FormModal[Json]:
    """Choose who gets the next lead; ``name`` is chosen at first."""
    by_word = {policy_word(one): one for one in POLICIES}

    def look(desk: Desk, given: Values) -> Text:
        chosen = by_word.get(given["policy"])
        if not chosen:
            return Text("Choose a policy")
        trial = _trial(policy_trial.try_policy(desk, chosen))
        return Text.assemble((POLICIES[chosen].help, "italic"), "\n", trial)

    def consequence(given: Values) -> str:
        chosen = by_word[given["policy"]]
        return "it is in force already" if chosen == current else f"{policy_word(chosen)} at every terminal"

    return FormModal(
        "Assignment policy",
        [Field("policy", "Policy", policy_word(name), tuple(by_word), required=True)],
        lambda desk, given: configuration.set_value(desk, "policy", by_word[given["policy"]]),
        submit="Use policy",
        about=f"In force: {policy_word(current)}. The change applies to every terminal.",
        preview=Preview(look),
        asks=consequence,
    )


def _trial(tried: PolicyTrial) -> Text:
    """Say how a policy differs from the one in force, for each agent, beside what happened."""
    leads = tried["leads"]
    if not leads:
        return Text("No leads yet to compare with")
    text = Text(overflow="fold")
    if tried["policy"] == tried["in_force"]:
        text.append(f"In force, so nothing would change. The last {plural(len(leads), 'lead')}:", "bold")
    else:
        count, other = plural(len(leads), "lead"), policy_word(tried["in_force"])
        went = f"Of the last {count}, {tried['moved']} would go to a different agent than under {other};"
        text.append(f"{went} {policy_trial.count_changes(tried)}:", "bold")
    text.append(f"\n{'':<{NAME_WIDTH}}  {'got':>5} {'in force':>9} {'would get':>10}", "dim")
    for row in tried["agents"]:
        name = Text(row["agent_name"] or "waiting")
        name.truncate(NAME_WIDTH, overflow="ellipsis", pad=True)
        text.append("\n").append_text(name)
        text.append(f"  {row['got']:>5} {row['in_force_gets']:>9} {row['would_get']:>10}")
    return text


def shuffle_form() -> FormModal[Shuffled]:
    def look(desk: Desk, _: Values) -> Text:
        return _moves(shuffle.preview_shuffle(desk))

    return FormModal(
        "Even out loads",
        [],
        lambda desk, _: shuffle.shuffle(desk),
        submit="Move bookings",
        about="Moves unclaimed bookings to agents with room. Claimed work stays.",
        preview=Preview(look),
    )


def _moves(result: Shuffled) -> Text:
    text = _moving(result["moves"])
    if kept := result["pinned"]:
        shown = ", ".join(map(str, kept[:MOST_MOVES])) + (", ..." if len(kept) > MOST_MOVES else "")
        text.append(f"\npinned by a person's decision: {shown}", "dim")
    return text


def _moving(moves: list[MoveRow]) -> Text:
    if not moves:
        return Text("The loads are even: nothing would move")
    wanted = {agent for move in moves for agent in (move["from_agent_id"], move["to_agent_id"])}
    names: dict[int | None, str] = {
        row["agent_id"]: short(row["name"], 24) for row in queries.agents_by_id(list(wanted))
    }
    shown = moves[:MOST_MOVES]
    bookings = queries.bookings_by_id([move["booking_id"] for move in shown])
    customers = {row["booking_id"]: short(row["customer_name"], 24) for row in bookings}
    text = Text().append(f"{plural(len(moves), 'booking')} would move:", "bold")
    for move in shown:
        giver, taker = names.get(move["from_agent_id"]), names.get(move["to_agent_id"])
        text.append(f"\n{move['booking_id']:>7}  {customers.get(move['booking_id'], '')}: {giver} → {taker}")
    if len(moves) > MOST_MOVES:
        text.append(f"\n        and {len(moves) - MOST_MOVES} more", "dim")
    return text
