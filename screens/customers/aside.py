"""The customer of a booking or an issue, for the third column of a wide terminal."""

from __future__ import annotations

from rich.text import Text

from dispatch import customers
from dispatch.queries.wording import age, with_next_step
from dispatch.service.wording import status as issue_status
from screens.customers.card import person
from screens.wording.bookings import sign
from screens.wording.issues import title

MOST_LISTED = 8


def customer_text(customer_id: int, now: str) -> Text:
    """Describe a customer with their last bookings and issues. Reads the database."""
    card = customers.card(customer_id, MOST_LISTED)
    text = person(card)
    text.append("\n\nBookings", "bold")
    for row in card["bookings"]:
        line = f"  {row['booking_id']:>7}  {row['destination']:<9} {age(row['changed_at'], now):>9}  "
        text.append("\n").append_text(sign(with_next_step(row, now))).append(line)
        text.append(row["agent_name"] or "–")
    if card["issues"]:
        text.append("\n\nIssues", "bold")
    for issue in card["issues"]:
        text.append(f"\n  {issue['issue_id']:>7}  {issue_status(issue):<14} {title(issue)}")
    return text
