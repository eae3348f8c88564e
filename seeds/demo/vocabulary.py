"""The demo's vocabulary: names from around the world, requests, prices and reasons to cancel."""

from __future__ import annotations

_FIRST = """
Adaeze Aiko Alejandra Amina Anders Anouk Aroha Arjun Astrid Ayumi Beatriz Bilal Birgit Bongani Camila
Chiara Chidi Ciara Dalia Danylo Dewi Diego Dimitra Eero Elif Emeka Enrique Esra Fatou Feng Femke Filipa
Giulia Gunnar Hamza Hana Heidi Hiroshi Ifeoma Ines Ingrid Ioana Ismail Ivana Jakub Jin Joao Johanna Jorge
Kaito Kamala Karim Katarina Keanu Kofi Lakshmi Lars Leila Liam Lin Lucia Mahmoud Maja Malik Manon Marek
Marta Mateo Mehmet Mei Miguel Moana Nadia Naoko Nikolai Niamh Noor Olena Omar Oskar Paloma Pavel Priya
Quynh Rafael Rania Ravi Rosa Sanjay Sara Sefa Signe Siobhan Sofia Soo-ah Stefan Tamar Tariq Thandiwe
Tomas Tuan Ulla Valentina Viktor Wanjiru Wei Xiomara Yara Yasmin Yosef Yuki Zainab Zoltan
"""
FIRST_NAMES = tuple(_FIRST.split())
_LAST = """
Abebe Achterberg Adeyemi Aguilar Akhtar Almeida Andersson Bakker Banerjee Baptiste Berg Bianchi
Bondarenko Castillo Chaudhry Chukwu Cohen Costa Dahl Demir Diallo Dlamini Dubois Dumitrescu Eriksen
Esposito Farah Fernandez Fischer Fofanah Fujita Garcia Georgiou Goldberg Gupta Haddad Hakimi Hansen
Horvat Hosseini Ibrahim Ito Iyer Jansen Jensen Kahale Kamau Kaya Keller Kimura Kovacs Kowalski Krishnan
Kruger Larsen Laurent Lim Lindqvist Mahlaba Mancini Mbeki Melnyk Mendoza Moreau Mori Nakamura Navarro
Ndiaye Nikolaidis Novak Nwosu O'Connor O'Sullivan Okafor Oliveira Ortega Park Petrov Popescu Quispe
Rahman Rao Rossi Saito Salazar Santos Schmidt Silva Sokolov Suarez Svensson Takahashi Tamang Tanaka-Lee
Tesfaye Torres Tran Tupou Vargas Varga Virtanen Weber Wong Yamada Yilmaz Zhang Zielinski
"""
LAST_NAMES = tuple(_LAST.split())
MANAGERS = ("Ottoline Vance", "Tadeo Marchetti", "Ngozi Halvorsen")

# Destination: percentage of customers who ask for it, and the fare in whole units.
DESTINATIONS = {
    "Mars": (30, 148_000),
    "Titan": (22, 143_500),
    "Venus": (20, 127_500),
    "Europa": (17, 122_000),
    "Ganymede": (11, 114_000),
}
PACKAGES = {
    "Luxury Dome Stay": 26_500,
    "Cloud City Excursion": 27_000,
    "Ringside Cruise": 24_500,
    "Zero-Gravity Yacht Cruise": 21_000,
    "Glacier Trek Adventure": 18_500,
    "Private Observatory Suite": 17_500,
}
REQUESTS = (
    "window seat",
    "luxury suite, quiet floor",
    "travelling with two children",
    "vegetarian meals",
    "honeymoon, something special please",
    "wheelchair access",
    "first time in zero gravity",
    "luxury, money is no object",
    "flexible about the week",
    "needs a visa for the station",
)
CANCEL_REASONS = (
    "too expensive",
    "changed plans",
    "found another date elsewhere",
    "did not pass the flight medical",
    "family reasons",
    "no free berth in the wanted week",
)

# Bookings sold out of a hundred closed: depends on the lead, not the agent.
SOLD_OF_HUNDRED = {
    ("Phone Call", "Organic"): 77,
    ("Phone Call", "Bought"): 69,
    ("Text", "Organic"): 69,
    ("Text", "Bought"): 62,
}
