"""The figures on the screens, by name, and how each is counted; shown in help."""

from __future__ import annotations

Figure = tuple[str, str]

RANK: Figure = (
    "Rank",
    "Fewest Pending bookings first, then most years of service, then the best rating; agents alike in all "
    "three share a rank. Always computed, never stored.",
)
LOAD: Figure = (
    "Load",
    "The agent's Pending bookings, claimed or not, and open issues, out of the capacity they share. Rank "
    "compares the bookings alone.",
)
CAPACITY: Figure = (
    "Capacity",
    "How many Pending bookings and open issues an agent can hold. A new agent gets the desk's "
    "default capacity.",
)
YEARS: Figure = ("Years", "Years of service, as entered or imported.")
RATING: Figure = (
    "Rating",
    "The average of the customers' scores, 1 to 5. A rating from before this desk counts as many scores as "
    "the desk's settings say.",
)
PRESENCE: Figure = (
    "Presence",
    "available ●; busy ◐ and break ◔ keep their work and get none; away and offline ○ keep what they "
    "claimed, the rest goes to others. It may end by the clock, or follow the shift's hours.",
)
REACHED: Figure = (
    "Reached",
    "The share of customers reached within the desk's contact time, of the leads the agent got in the last "
    "90 days, with its 95% interval (Wilson) and the number of leads. An optional column.",
)
STATE: Figure = (
    "State",
    "Pending: not decided yet, claimed by its agent or not. Waiting: no agent could take it. Unattended: "
    "claimed by somebody who is away. Still on it?: claimed, but nobody was called. Confirmed and "
    "Cancelled are final until the booking is reopened.",
)
REVENUE: Figure = (
    "Revenue",
    "The trip's and the package's price of the quote, as entered; both together in the list.",
)
CHANGED: Figure = ("Changed", "When a command last changed the booking. Notes and contacts count too.")
WORK: Figure = (
    "Work",
    "due: the follow-up's time has come; in progress: claimed; new: assigned, not claimed; "
    "done today: confirmed or cancelled since the desk's midnight.",
)
CANDIDATES: Figure = (
    "Who gets it",
    "The agents who can take this lead now, in the order of the policy in force; the first one gets it. "
    "Below, if agents are ruled out: how many, and by which rule.",
)
PRIORITY: Figure = (
    "Priority",
    "MEDIUM, or HIGH for technical, billing and access; one step more each for an upset customer, a gold or "
    "platinum tier (enterprise two) and an urgent word; Critical at most. w shows the steps.",
)
TIME_LEFT: Figure = (
    "Time left",
    "Until the first answer is due, then until the resolution is; the bar fills as time is "
    "used up. ▲ three quarters are used, "
    "! overdue, ✓ done in time. ‖ paused: waiting for the customer.",
)
URGENCY: Figure = (
    "Urgency",
    "Of C! ▇▇▇▇ 4m late: the priority's letter (Critical, Urgent, High, Medium, Low), a sign, a bar "
    "of the time that is used, and the time left. ! late, or escalated and not acknowledged; ▲ soon due; "
    "‖ paused: waiting for the customer; ✓ done.",
)
ESCALATED: Figure = (
    "ESCALATED",
    "The highest level of what is open: 1 alerts the agent, 2 the manager, 3 the desk's contact.",
)
EXPECTED: Figure = (
    "of 5 expected",
    "The predicted survey score: by a formula of time, agent, messages and sentiment, or by a model trained "
    "on at least 100 real answers. Below 2.5 is high risk.",
)
MATCH: Figure = (
    "Match",
    "Nine features, each the agent's place among all, by the weights in use; the lowest sum is 0, the "
    "highest 100. Listed while the desk's history supports it, or the match policy is in force; then it is "
    "greyed until the history supports it.",
)
CHANCE: Figure = (
    "Chance",
    "How likely the lead is to be confirmed, learned from past outcomes (Insights, Train), and how many "
    "points each detail adds or removes. Empty until weights are learned.",
)
COUNTED: Figure = (
    "Number",
    "Bookings, without undone leads, which Queue still lists. Conversion: Confirmed, of all Confirmed and "
    "Cancelled. Revenue: trip and package of the Confirmed bookings.",
)
IN_TIME: Figure = (
    "In time",
    "Customers reached within the desk's contact time, of the leads the agent got in the last 90 days.",
)
EVIDENCE: Figure = (
    "p",
    "How likely chance alone explains the differences between agents, methods or sources (chi-square test "
    "over all assignments). Below 0.05, chance is an unlikely explanation.",
)
IMPORTANCE: Figure = (
    "Importance",
    "A feature's weight times how much the agents differ in it, as a share of all nine.",
)
SHRUNK: Figure = (
    "Confirmed",
    "The expected share of an agent's decided assignments, pulled toward the desk's mean when there are "
    "few, with its 95% interval. Conversion is of all decided bookings, and is not pulled.",
)
EVERYWHERE: tuple[Figure, ...] = (
    (
        "Bottom line",
        "waiting: bookings without an agent; pending: all not decided; due: a follow-up's time has come; "
        "overdue: late with it, or with the first contact; rotten: claimed and left alone (a click shows "
        "them). After each change every agent's stored number of bookings is checked against the bookings; "
        "✗ marks the agents whose number differs.",
    ),
    ("Times", "The desk's clock runs years ahead; times are shown in your terminal's zone."),
)
