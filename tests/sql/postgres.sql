-- days
SELECT CASE WHEN "ts" < to_timestamp(1774738800) THEN 0 + (floor(extract(epoch from "ts") * 1000)::bigint - 1774566000000) / 86400000 WHEN "ts" < to_timestamp(1774821600) THEN 2 + (floor(extract(epoch from "ts") * 1000)::bigint - 1774738800000) / 82800000 ELSE 3 + (floor(extract(epoch from "ts") * 1000)::bigint - 1774821600000) / 86400000 END AS d, count(*) AS n, sum(CASE WHEN "session_id" <> '' OR "user_id" <> '' THEN 1 ELSE 0 END) AS k, max(floor(extract(epoch from "ts") * 1000)::bigint) AS t FROM "public"."events"
  WHERE "ts" >= to_timestamp(1774566000) AND "ts" < to_timestamp(1774908000)
GROUP BY 1 ORDER BY d LIMIT 5

-- cells: site
WITH e AS (SELECT "session_id" COLLATE "C" AS u, 'site' AS v, CASE WHEN "event" IN ('pageview') THEN 1 ELSE 0 END AS p0, CASE WHEN "event" IN ('exception') THEN 1 ELSE 0 END AS p1, CASE WHEN "event" IN ('checkout_start') OR "event" IN ('payment_failed') THEN 1 ELSE 0 END AS p2, CASE WHEN "event" IN ('checkout_start') THEN 1 ELSE 0 END AS p3, CASE WHEN "event" IN ('payment_failed') THEN 1 ELSE 0 END AS p4, CASE WHEN "event" IN ('request') AND "status" > 403.5 AND "status" <= 404 AND lower("referrer_host") IN (lower('Shop.example')) OR "cls" > 0.1 THEN 1 ELSE 0 END AS p5, CASE WHEN "event" IN ('refund') AND "page" IN ('/cart') THEN 1 ELSE 0 END AS p6, CASE WHEN "event" IN ('pageview') THEN 1 ELSE 0 END AS p7, CASE WHEN "event" IN ('rage_click') THEN 1 ELSE 0 END AS p8, CASE WHEN "event" IN ('dead_click') THEN 1 ELSE 0 END AS p9, CASE WHEN "event" IN ('error_click') THEN 1 ELSE 0 END AS p10, CASE WHEN "event" IN ('exception') THEN 1 ELSE 0 END AS p11, CASE WHEN "event" IN ('vitals') THEN 1 ELSE 0 END AS p12, CASE WHEN "event" IN ('request') THEN 1 ELSE 0 END AS p13, CASE WHEN "event" IN ('not_found') THEN 1 ELSE 0 END AS p14, CASE WHEN "event" IN ('search') THEN 1 ELSE 0 END AS p15, CASE WHEN "event" IN ('form_start') THEN 1 ELSE 0 END AS p16, CASE WHEN "event" IN ('form_submit') THEN 1 ELSE 0 END AS p17, CASE WHEN "event" IN ('checkout_start') THEN 1 ELSE 0 END AS p18, CASE WHEN "event" IN ('checkout_done', 'order paid') THEN 1 ELSE 0 END AS p19, CASE WHEN "event" IN ('payment_failed') THEN 1 ELSE 0 END AS p20, CASE WHEN 1 = 1 THEN 1 ELSE 0 END AS p21, CASE WHEN "event" IN ('checkout_done', 'order paid') THEN 1 ELSE 0 END AS e0 FROM "public"."events"
  WHERE "ts" >= to_timestamp(1772406000) AND "ts" < to_timestamp(1772492400) AND "session_id" <> ''),
d AS (SELECT u, max(e0) AS e0 FROM e GROUP BY u),
c AS (SELECT v, u, max(p0) AS p0, max(p1) AS p1, max(p2) AS p2, max(p3) AS p3, max(p4) AS p4, max(p5) AS p5, max(p6) AS p6, max(p7) AS p7, max(p8) AS p8, max(p9) AS p9, max(p10) AS p10, max(p11) AS p11, max(p12) AS p12, max(p13) AS p13, max(p14) AS p14, max(p15) AS p15, max(p16) AS p16, max(p17) AS p17, max(p18) AS p18, max(p19) AS p19, max(p20) AS p20, max(p21) AS p21 FROM e WHERE v <> '' GROUP BY v, u)
SELECT v, sum(p0) AS s0, sum(p1) AS s1, sum(p2) AS s2, sum((1 - (1 - p3 * (1 - e0)) * (1 - p4))) AS s3, sum(p5) AS s4, sum(p6 * p0) AS s5, sum(p7) AS s6, sum(p8) AS s7, sum(p9) AS s8, sum(p10) AS s9, sum(p11) AS s10, sum(p12) AS s11, sum(p13) AS s12, sum(p14) AS s13, sum(p15) AS s14, sum(p16) AS s15, sum(p17) AS s16, sum(p18) AS s17, sum(p19) AS s18, sum(p20) AS s19, sum(p21) AS s20
FROM c JOIN d USING (u)
GROUP BY v ORDER BY v LIMIT 2

-- cells: page
WITH e AS (SELECT "session_id" COLLATE "C" AS u, "page" COLLATE "C" AS v, CASE WHEN "event" IN ('pageview') THEN 1 ELSE 0 END AS p0, CASE WHEN "event" IN ('exception') THEN 1 ELSE 0 END AS p1, CASE WHEN "event" IN ('checkout_start') OR "event" IN ('payment_failed') THEN 1 ELSE 0 END AS p2, CASE WHEN "event" IN ('checkout_start') THEN 1 ELSE 0 END AS p3, CASE WHEN "event" IN ('payment_failed') THEN 1 ELSE 0 END AS p4, CASE WHEN "event" IN ('checkout_done', 'order paid') THEN 1 ELSE 0 END AS e0 FROM "public"."events"
  WHERE "ts" >= to_timestamp(1772406000) AND "ts" < to_timestamp(1772492400) AND "session_id" <> ''),
d AS (SELECT u, max(e0) AS e0 FROM e GROUP BY u),
c AS (SELECT v, u, max(p0) AS p0, max(p1) AS p1, max(p2) AS p2, max(p3) AS p3, max(p4) AS p4 FROM e WHERE v <> '' GROUP BY v, u)
SELECT v, sum(p0) AS s0, sum(p1) AS s1, sum(p2) AS s2, sum((1 - (1 - p3 * (1 - e0)) * (1 - p4))) AS s3
FROM c JOIN d USING (u)
GROUP BY v ORDER BY v LIMIT 20001

-- cells: page
WITH e AS (SELECT "session_id" COLLATE "C" AS u, "page" COLLATE "C" AS v, CASE WHEN "event" IN ('pageview') THEN 1 ELSE 0 END AS p0, CASE WHEN "event" IN ('exception') THEN 1 ELSE 0 END AS p1 FROM "public"."events"
  WHERE "ts" >= to_timestamp(1772406000) AND "ts" < to_timestamp(1772492400) AND "session_id" <> ''),
c AS (SELECT v, u, max(p0) AS p0, max(p1) AS p1 FROM e WHERE v <> '' GROUP BY v, u)
SELECT v, sum(p0) AS s0, sum(p1) AS s1
FROM c
GROUP BY v ORDER BY v LIMIT 20001

-- cells: error
WITH e AS (SELECT "session_id" COLLATE "C" AS u, "error" COLLATE "C" AS v, CASE WHEN "event" IN ('exception') THEN 1 ELSE 0 END AS p0, CASE WHEN "event" IN ('refund') AND "page" IN ('/cart') THEN 1 ELSE 0 END AS p1, CASE WHEN "event" IN ('exception') AND "page" IN (convert_from(decode('2F6F2778', 'hex'), 'UTF8'), convert_from(decode('2F636166C3A9', 'hex'), 'UTF8')) THEN 1 ELSE 0 END AS p2 FROM "public"."events"
  WHERE "ts" >= to_timestamp(1772406000) AND "ts" < to_timestamp(1772492400) AND "session_id" <> ''),
c AS (SELECT v, u, max(p0) AS p0, max(p1) AS p1, max(p2) AS p2 FROM e WHERE v <> '' GROUP BY v, u)
SELECT v, sum(p0) AS s0, sum(p2) AS s1
FROM c
GROUP BY v ORDER BY v LIMIT 20001

-- pages
SELECT "page" COLLATE "C" AS v FROM "public"."events"
  WHERE "ts" >= to_timestamp(1772406000) AND "ts" < to_timestamp(1772492400) AND "session_id" <> '' AND "page" <> '' AND "event" IN ('exception')
GROUP BY 1 ORDER BY v LIMIT 20001

-- exposures
SELECT count(*) AS n, sum(CASE WHEN "session_id" <> '' AND "arm" <> '' THEN 0 ELSE 1 END) AS k,
  count(DISTINCT "session_id") FILTER (WHERE "session_id" <> '' AND "arm" <> '' AND NOT "arm" IN ('control', 'green')) AS x FROM "public"."events"
  WHERE "ts" >= to_timestamp(1772406000) AND "ts" < to_timestamp(1772492400) AND "event" IN ('exposure') AND "experiment" = 'cta' AND ("session_id" <> '' OR "user_id" <> '')

-- arms
WITH r AS (SELECT "session_id" COLLATE "C" AS u, floor(extract(epoch from "ts") * 1000)::bigint AS t,
  CASE WHEN "arm" IN ('control', 'green') THEN "arm" ELSE '?' END COLLATE "C" AS r,
  CASE WHEN "event" IN ('exposure') AND "experiment" = 'cta' AND "arm" <> '' THEN 1 ELSE 0 END AS x,
  CASE WHEN "event" IN ('purchase') THEN 1 ELSE 0 END AS m,
  CASE WHEN "event" IN ('refund') THEN 1 ELSE 0 END AS g0 FROM "public"."events"
  WHERE "ts" >= to_timestamp(1772319600) AND "ts" < to_timestamp(1772578800) AND "session_id" <> ''
  AND "event" IN ('exposure', 'purchase', 'refund')),
f AS (SELECT u, min(t) AS t0, min(r) FILTER (WHERE t < 1772492400000) AS a,
  min(r) FILTER (WHERE t < 1772492400000) <> max(r) FILTER (WHERE t < 1772492400000) AS k0, min(r) <> max(r) AS k
  FROM r WHERE x = 1 GROUP BY u),
s AS (SELECT f.u, max(r.m) AS cm, max(r.g0) AS cg0
  FROM f JOIN r ON r.u = f.u AND r.t >= f.t0 AND r.t < f.t0 + 86400000 GROUP BY f.u)
SELECT CASE WHEN k0 THEN '' ELSE a END AS arm, CASE WHEN k THEN 1 ELSE 0 END AS multi, count(*) AS n, sum(CASE WHEN t0 >= 1772420400000 THEN 1 ELSE 0 END) AS late, sum(coalesce(cm, 0)) AS s, sum(coalesce(cg0, 0)) AS s0
FROM f LEFT JOIN s USING (u)
WHERE t0 >= 1772406000000 AND t0 < 1772492400000 GROUP BY 1, 2 ORDER BY 1, 2

-- arms: users
WITH r AS (SELECT "user_id" COLLATE "C" AS u, floor(extract(epoch from "ts") * 1000)::bigint AS t,
  CASE WHEN "arm" IN ('control', 'green') THEN "arm" ELSE '?' END COLLATE "C" AS r,
  CASE WHEN "event" IN ('exposure') AND "experiment" = 'cta' AND "arm" <> '' THEN 1 ELSE 0 END AS x,
  CASE WHEN "event" IN ('purchase') THEN 1 ELSE 0 END AS m FROM "public"."events"
  WHERE "ts" >= to_timestamp(1772319600) AND "ts" < to_timestamp(1772578800) AND "user_id" <> ''
  AND "event" IN ('exposure', 'purchase')),
f AS (SELECT u, min(t) AS t0, min(r) FILTER (WHERE t < 1772492400000) AS a,
  min(r) FILTER (WHERE t < 1772492400000) <> max(r) FILTER (WHERE t < 1772492400000) AS k0, min(r) <> max(r) AS k
  FROM r WHERE x = 1 GROUP BY u),
s AS (SELECT f.u, max(r.m) AS cm
  FROM f JOIN r ON r.u = f.u AND r.t >= f.t0 AND r.t < f.t0 + 86400000 GROUP BY f.u)
SELECT CASE WHEN k0 THEN '' ELSE a END AS arm, CASE WHEN k THEN 1 ELSE 0 END AS multi, count(*) AS n, sum(coalesce(cm, 0)) AS s
FROM f LEFT JOIN s USING (u)
WHERE t0 >= 1772406000000 AND t0 < 1772492400000 GROUP BY 1, 2 ORDER BY 1, 2

-- days: other times
SELECT 0 + (("ts")::bigint - 1774566000000) / 86400000 AS d, count(*) AS n, sum(CASE WHEN "session_id" <> '' OR "user_id" <> '' THEN 1 ELSE 0 END) AS k, max(("ts")::bigint) AS t FROM "public"."events"
  WHERE "ts" >= 1774566000000 AND "ts" < 1774652400000
GROUP BY 1 ORDER BY d LIMIT 2
SELECT 0 + (floor("ts" * 1000)::bigint - 1774566000000) / 86400000 AS d, count(*) AS n, sum(CASE WHEN "session_id" <> '' OR "user_id" <> '' THEN 1 ELSE 0 END) AS k, max(floor("ts" * 1000)::bigint) AS t FROM "public"."events"
  WHERE "ts" >= 1774566000 AND "ts" < 1774652400
GROUP BY 1 ORDER BY d LIMIT 2
