INSERT INTO bookings (BookingID, Destination) VALUES
(1, 'Mars'),
(2, 'Ven