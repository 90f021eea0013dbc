"""The statements of the hand-written endpoint."""

from __future__ import annotations


def hex_(column: str) -> str:
    return f"replace({column}::text,'-','')"


def _page(after: str) -> str:
    return f"""
SELECT '{{"village":'||coalesce((SELECT '{{"code":"'||v.code||'","name":'||to_json(v.name)
||',"residents":'||(
  SELECT '{{"edges":['||coalesce(string_agg(x.j,',') FILTER (WHERE x.n<=50),'')
    ||'],"pageInfo":{{"hasNextPage":'||CASE WHEN count(*)>50 THEN 'true' ELSE 'false' END
    ||',"endCursor":'||coalesce('"FULL_NAME_ASC.'||(array_agg(x.c))[least(count(*),50)]||'"','null')||'}}}}'
  FROM (
    SELECT row_number() OVER (ORDER BY r.name_key,r.id) n, {hex_("r.id")} c,
      '{{"cursor":"FULL_NAME_ASC.'||{hex_("r.id")}||'","node":{{"id":"resident-'||{hex_("r.village_id")}||'-'
      ||{hex_("r.id")}||'","fullName":'||to_json(r.full_name)||',"birthDate":"'||r.birth_date||'","sex":"'||r.sex
      ||'","kartuCerdas":{{"card":'||coalesce('{{"number":"'||k.number||'","status":"'||k.status||'"}}','null')
      ||'}}}}}}' j
    FROM resident r LEFT JOIN kartu_card k
      ON k.village_id=r.village_id AND k.resident_id=r.id AND k.closed_on IS NULL
    WHERE r.village_id=v.id{after} ORDER BY r.name_key,r.id LIMIT 51) x)
||',"cctv":{{"cameras":{{"nodes":['||(
  SELECT coalesce(string_agg(x.j,','),'') FROM (
    SELECT '{{"code":'||to_json(c.code)||',"name":'||to_json(c.name)||',"kind":"'||c.kind||'","state":"'
      ||c.state||'","place":{{"type":"Point","coordinates":['||c.longitude||','||c.latitude||']}}}}' j
    FROM cctv_camera c WHERE c.village_id=v.id ORDER BY c.code,c.id LIMIT 8) x)
||']}}}},"waste":{{"massByStream":['||(
  SELECT coalesce(string_agg(x.j,','),'') FROM (
    SELECT '{{"stream":"'||w.stream||'","mass":'||sum(w.mass_grams)||'}}' j FROM waste_intake w
    WHERE w.village_id=v.id AND w.business_date BETWEEN $2 AND $3
    GROUP BY w.stream ORDER BY w.stream COLLATE "C") x)
||']}}}}' FROM village v WHERE v.code=$1),'null')||'}}'
"""


PAGE = _page("")
PAGE_AFTER = _page(
    " AND (r.name_key,r.id)>"
    "((SELECT a.name_key FROM resident a WHERE a.village_id=v.id AND a.id=$4),$4::uuid)"
)

LOOKUP = f"""
SELECT '{{"resident":'||coalesce((SELECT '{{"id":"resident-'||{hex_("r.village_id")}||'-'||{hex_("r.id")}
||'","fullName":'||to_json(r.full_name)||',"nik":'||coalesce('"'||r.nik_masked||'"','null')
||',"birthDate":"'||r.birth_date||'","sex":"'||r.sex||'","status":"'||r.status||'","kartuCerdas":{{"card":'
||coalesce('{{"number":"'||k.number||'","status":"'||k.status||'"}}','null')
||'}},"waste":{{"intakes":{{"nodes":['||(
  SELECT coalesce(string_agg(x.j,','),'') FROM (
    SELECT '{{"id":"waste_intake-'||{hex_("w.village_id")}||'-'||{hex_("w.id")}||'","stream":"'||w.stream
      ||'","mass":'||w.mass_grams||',"weighedAt":"'
      ||to_char(w.weighed_at,'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')||'"}}' j
    FROM waste_intake w WHERE w.village_id=$1 AND w.household_id=r.household_id
    ORDER BY w.weighed_at DESC,w.id DESC LIMIT 10) x)
||']}}}}}}' FROM resident r LEFT JOIN kartu_card k
  ON k.village_id=r.village_id AND k.resident_id=r.id AND k.closed_on IS NULL
WHERE r.village_id=$1 AND r.id=$2),'null')||'}}'
"""

DASHBOARD = """
SELECT '{"region":'||coalesce((SELECT '{"code":"'||g.code||'","name":'||to_json(g.name)
||',"villages":{"nodes":['||(
  SELECT coalesce(string_agg(x.j,','),'') FROM (
    SELECT '{"code":"'||v.code||'","name":'||to_json(v.name)||',"residents":{"totalCount":'
      ||(SELECT count(*) FROM resident r WHERE r.village_id=v.id)||'},"waste":{"massByStream":['||(
        SELECT coalesce(string_agg(y.j,','),'') FROM (
          SELECT '{"stream":"'||w.stream||'","mass":'||sum(w.mass_grams)||',"intakes":'||count(*)||'}' j
          FROM waste_intake w WHERE w.village_id=v.id AND w.business_date BETWEEN $2 AND $3
          GROUP BY w.stream ORDER BY w.stream COLLATE "C") y)||']}}' j
    FROM village v WHERE v.region_code=g.code ORDER BY v.code LIMIT 20) x)
||']},"waste":{"villagesCounted":'||(
  SELECT count(*) FROM village_program p JOIN village v ON v.id=p.village_id
  WHERE p.program='waste' AND v.code>=g.code AND v.code<$4)
||',"massByStream":['||(
  SELECT coalesce(string_agg(x.j,','),'') FROM (
    SELECT '{"stream":"'||w.stream||'","mass":'||sum(w.mass_grams)||',"intakes":'||count(*)||'}' j
    FROM waste_intake w JOIN village v ON v.id=w.village_id
    WHERE v.code>=g.code AND v.code<$4 AND w.business_date BETWEEN $2 AND $3
    GROUP BY w.stream ORDER BY w.stream COLLATE "C") x)
||']}}' FROM region g WHERE g.code=$1),'null')||'}'
"""

_ROW = (
    "village_id,id,facility_id,household_id,stream,source_class,gross_grams,tare_grams,mass_grams,weighed_at,"
    "business_date"
)
_GROWN = (
    "grown AS (INSERT INTO outbox_head(village_id,id,last_number) SELECT $1::uuid,$1::uuid,1 {wall}"
    "ON CONFLICT (village_id,id) DO UPDATE SET last_number=outbox_head.last_number+1 RETURNING last_number)"
)
_EVENT = (
    "INSERT INTO event(village_id,id,number,name,subjects,at) "
    "SELECT $1::uuid,$12,grown.last_number,'waste.intake_recorded',"
    "jsonb_build_object('intake',$2::uuid,'facility',$3::uuid),$10::timestamptz FROM grown"
)

FACTS = """
SELECT set_config('app.villages',v.code,true),
  EXISTS (SELECT 1 FROM waste_facility f WHERE f.village_id=v.id AND f.id=$2),
  EXISTS (SELECT 1 FROM household h WHERE h.village_id=v.id AND h.id=$3)
FROM village v WHERE v.id=$1
"""

RECORD = f"""
WITH made AS (INSERT INTO waste_intake({_ROW}) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)),
{_GROWN.format(wall="WHERE true ")}
{_EVENT}
"""

_READ = f"""'{{"wasteRecordIntake":{{"intake":{{"id":"waste_intake-'||{hex_("w.village_id")}
||'-'||{hex_("w.id")}||'","stream":"'||w.stream||'","mass":'||w.mass_grams||',"weighedAt":"'
||to_char(w.weighed_at,'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')||'","facility":{{"id":"waste_facility-'
||{hex_("f.village_id")}||'-'||{hex_("f.id")}||'","name":'||to_json(f.name)
||'}}}},"village":{{"code":"'||v.code||'"}}}}}}'"""

READ_BACK = f"""
SELECT {_READ} FROM waste_intake w
JOIN waste_facility f ON f.village_id=w.village_id AND f.id=w.facility_id
JOIN village v ON v.id=w.village_id WHERE w.village_id=$1 AND w.id=$2
"""

RECORD_AT_ONCE = f"""
WITH wall AS MATERIALIZED (SELECT set_config('app.villages',v.code,true) FROM village v WHERE v.id=$1),
w AS (INSERT INTO waste_intake({_ROW})
  SELECT $1::uuid,$2::uuid,$3::uuid,$4::uuid,$5,$6,$7::bigint,$8::bigint,$9::bigint,$10::timestamptz,$11::date
  FROM wall RETURNING *),
{_GROWN.format(wall="FROM wall WHERE true ")},
made AS ({_EVENT})
SELECT {_READ} FROM w JOIN village v ON v.id=w.village_id,
LATERAL (SELECT * FROM waste_facility f, wall WHERE f.village_id=w.village_id AND f.id=w.facility_id) f
"""
