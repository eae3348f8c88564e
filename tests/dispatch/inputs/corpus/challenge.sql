-- Sample data
USE astra;
INSERT INTO bookings (BookingID, Destination) VALUES
(1, 'Mars'), -- first
(2, 'It''s far'),
(3, NOW());
