"""What the clock does about bookings: offers, claims, and customers whom nobody has tried to reach."""
