-- What PostGraphile is told beside the tables: computed columns, the ordinary way to an aggregate in it, and one
-- view. They lie in a schema of the benchmark. Each function is one SELECT, so that PostgreSQL inlines it.
CREATE SCHEMA peers;

CREATE TYPE peers.stream_mass AS (stream text, mass bigint, intakes bigint);

-- A card that is not closed; the smart tags in postgraphile.mjs say that a resident has at most one.
CREATE VIEW peers.open_card AS
    SELECT village_id, resident_id, number, status FROM public.kartu_card WHERE closed_on IS NULL;

-- `from` and `to` are business dates, both inclusive; without them the last twelve months.
CREATE FUNCTION peers.village_mass_by_stream(v public.village, "from" date DEFAULT NULL, "to" date DEFAULT NULL)
    RETURNS SETOF peers.stream_mass LANGUAGE sql STABLE AS $$
    SELECT i.stream::text, sum(i.mass_grams)::bigint, count(*)
    FROM public.waste_intake i
    WHERE i.village_id = v.id
        AND i.business_date >= coalesce("from", (CURRENT_DATE - interval '1 year')::date + 1)
        AND i.business_date <= coalesce("to", CURRENT_DATE)
    GROUP BY i.stream ORDER BY i.stream
$$;

CREATE FUNCTION peers.region_mass_by_stream(r public.region, "from" date DEFAULT NULL, "to" date DEFAULT NULL)
    RETURNS SETOF peers.stream_mass LANGUAGE sql STABLE AS $$
    SELECT i.stream::text, sum(i.mass_grams)::bigint, count(*)
    FROM public.waste_intake i
    WHERE i.village_id = ANY (ARRAY(
            SELECT v.id FROM public.village v WHERE v.code >= r.code AND v.code < r.code || '~'))
        AND i.business_date >= coalesce("from", (CURRENT_DATE - interval '1 year')::date + 1)
        AND i.business_date <= coalesce("to", CURRENT_DATE)
    GROUP BY i.stream ORDER BY i.stream
$$;

CREATE FUNCTION peers.region_waste_villages(r public.region) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT count(*) FROM public.village v JOIN public.village_program p ON p.village_id = v.id AND p.program = 'waste'
    WHERE v.code >= r.code AND v.code < r.code || '~'
$$;

-- The weighings of a resident's household, the last one first.
CREATE FUNCTION peers.resident_last_intakes(r public.resident)
    RETURNS SETOF public.waste_intake LANGUAGE sql STABLE AS $$
    SELECT i.* FROM public.waste_intake i
    WHERE i.village_id = r.village_id AND i.household_id = r.household_id
    ORDER BY i.weighed_at DESC, i.id DESC
$$;

-- The row alone: no permission, no event.
CREATE FUNCTION peers.record_intake(
    village_id uuid, facility_id uuid, household_id uuid, stream text, gross bigint, tare bigint
) RETURNS public.waste_intake LANGUAGE sql VOLATILE AS $$
    INSERT INTO public.waste_intake (village_id, id, facility_id, household_id, stream, source_class,
        gross_grams, tare_grams, mass_grams, weighed_at, business_date)
    VALUES (village_id, gen_random_uuid(), facility_id, household_id, stream, 'RUMAH_TANGGA',
        gross, tare, gross - tare, now(), CURRENT_DATE)
    RETURNING *
$$;
