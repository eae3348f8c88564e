INSERT INTO bookings (BookingID) VALUES (1);
)) nonsense;
