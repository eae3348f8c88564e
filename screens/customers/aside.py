"""The customer of a booking or an issue, for the third column of a wide terminal."""

from __future__ import annotations

from rich.text import Text

from dispatch import customers
from dispatch.queries.wording import short_age, with_next_step
from dispatch.service.wording import status as issue_status
from screens.customers.card import person
from screens.wording.bookings import sign
from screens.wording.issues import title
from screens.wording.text import add_value

MOST_LISTED = 8
INDENT = 9  # cells up to what is told of a booking or an issue


def customer_text(customer_id: int, now: str) -> Text:
    """Describe a customer with their last bookings and issues. Reads the database."""
    card = customers.card(customer_id, MOST_LISTED)
    text = person(card)
    text.append("\n\nBookings", "bold")
    for row in card["bookings"]:
        line = f" {row['booking_id']:>5}  {row['destination']:<8} {short_age(row['changed_at'], now):>6}  "
        text.append("\n").append_text(sign(with_next_step(row, now))).append(line)
        add_value(text, row["agent_name"] or "–", " " * INDENT)
    if card["issues"]:
        text.append("\n\nIssues", "bold")
    for issue in card["issues"]:
        text.append(f"\n  {issue['issue_id']:>5}  {issue_status(issue)}\n{' ' * INDENT}")
        add_value(text, title(issue), " " * INDENT)
    return text
