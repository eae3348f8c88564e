SET client_encoding = 'UTF8';
INSERT INTO public.bookings ("BookingID", "Destination") VALUES (1, 'O''Hara') ON CONFLICT DO NOTHING;
INSERT INTO public.bookings ("BookingID", "Destination") VALUES (2, E'two\nlines');
