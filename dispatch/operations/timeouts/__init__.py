"""What the clock does about bookings: offers, claims, and customers nobody has tried to reach."""
