--
-- PostgreSQL database dump
--

\restrict Kk3

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: f(); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.f() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ begin insert into bookings values (9,'x'); return new; end; $$;


ALTER FUNCTION public.f() OWNER TO postgres;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: bookings; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.bookings (
    "BookingID" integer NOT NULL,
    "Destination" character varying(50),
    "Note" text,
    ok boolean,
    at timestamp with time zone,
    tags text[]
);


ALTER TABLE public.bookings OWNER TO postgres;

--
-- Data for Name: bookings; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.bookings ("BookingID", "Destination", "Note", ok, at, tags) FROM stdin;
1	O'Hara	a\nb\tc\\d	t	2081-03-01 08:00:00+00	{a,"b c"}
2	\N		f	\N	\N
\.


--
-- Name: bookings bookings_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.bookings
    ADD CONSTRAINT bookings_pkey PRIMARY KEY ("BookingID");


--
-- Name: bookings t; Type: TRIGGER; Schema: public; Owner: postgres
--

CREATE TRIGGER t AFTER INSERT ON public.bookings FOR EACH ROW EXECUTE FUNCTION public.f();


--
-- PostgreSQL database dump complete
--

\unrestrict Kk3

