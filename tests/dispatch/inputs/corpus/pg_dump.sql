--
-- PostgreSQL database dump
--

\restrict Kk3
SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.bookings (
    "BookingID" integer NOT NULL,
    "Destination" character varying(100) DEFAULT 'x'::character varying
);
ALTER TABLE public.bookings OWNER TO astra;
COPY public.bookings ("BookingID", "Destination") FROM stdin;
1	Mars\tand\nback
2	\N
\.

CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO bookings VALUES (3, 'x'); END; $$;
\unrestrict Kk3
