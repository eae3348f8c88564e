"""What a desk of the first schema may hold: two customers and a booking."""

from __future__ import annotations

from pathlib import Path

from models import database

MIGRATIONS = Path(database.__file__).with_name("migrations")
ROWS = """
INSERT INTO customers (name, phone, created_at)
    VALUES ('Kate Nguyen', '+497111234', '2082-01-01 00:00:00'), ('Zoë Li', NULL, '2082-01-01 00:00:00');
INSERT INTO new_customer (customer_id, customer_name, method, source, destination, received_at)
    VALUES (1, 'Kate N.', 'Text', 'Organic', 'Mars', '2082-01-01 00:00:00');
INSERT INTO bookings (lead_id, status, destination, launch_location, created_at, changed_at, voided, version)
    VALUES (1, 'Pending', 'Mars', 'Tokyo', '2082-01-01 00:00:00', '2082-01-01 00:00:00', 0, 1);
INSERT INTO events (at, actor, command, booking_id) VALUES ('2082-01-01 00:00:00', 'kim', 'lead.add', 1);
"""
