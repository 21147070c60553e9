-- days
SELECT CASE WHEN "ts" < toDateTime(1774738800) THEN 0 + intDiv(toUInt64(toUnixTimestamp("ts")) * 1000 - 1774566000000, 86400000) WHEN "ts" < toDateTime(1774821600) THEN 2 + intDiv(toUInt64(toUnixTimestamp("ts")) * 1000 - 1774738800000, 82800000) ELSE 3 + intDiv(toUInt64(toUnixTimestamp("ts")) * 1000 - 1774821600000, 86400000) END AS d, count() AS n, sum(CASE WHEN "session_id" != '' OR "user_id" != '' THEN 1 ELSE 0 END) AS k, max(toUInt64(toUnixTimestamp("ts")) * 1000) AS t FROM "events"
  WHERE "ts" >= toDateTime(1774566000) AND "ts" < toDateTime(1774908000)
GROUP BY d ORDER BY d LIMIT 5

-- cells: site
SELECT v, sum(p0) AS s0, sum(p1) AS s1, sum(p2) AS s2, sum((1 - (1 - p3 * (1 - e0)) * (1 - p4))) AS s3, sum(p5) AS s4, sum(p6 * p0) AS s5, sum(p7) AS s6, sum(p8) AS s7, sum(p9) AS s8, sum(p10) AS s9, sum(p11) AS s10, sum(p12) AS s11, sum(p13) AS s12, sum(p14) AS s13, sum(p15) AS s14, sum(p16) AS s15, sum(p17) AS s16, sum(p18) AS s17, sum(p19) AS s18, sum(p20) AS s19, sum(p21) AS s20
FROM (SELECT 'site' AS v, "session_id" AS u, max(CASE WHEN "event" IN ('pageview') THEN 1 ELSE 0 END) AS p0, max(CASE WHEN "event" IN ('exception') THEN 1 ELSE 0 END) AS p1, max(CASE WHEN "event" IN ('checkout_start') OR "event" IN ('payment_failed') THEN 1 ELSE 0 END) AS p2, max(CASE WHEN "event" IN ('checkout_start') THEN 1 ELSE 0 END) AS p3, max(CASE WHEN "event" IN ('payment_failed') THEN 1 ELSE 0 END) AS p4, max(CASE WHEN "event" IN ('request') AND "status" > 403.5 AND "status" <= 404 AND lower("referrer_host") IN (lower('Shop.example')) OR "cls" > 0.1 THEN 1 ELSE 0 END) AS p5, max(CASE WHEN "event" IN ('refund') AND "page" IN ('/cart') THEN 1 ELSE 0 END) AS p6, max(CASE WHEN "event" IN ('pageview') THEN 1 ELSE 0 END) AS p7, max(CASE WHEN "event" IN ('rage_click') THEN 1 ELSE 0 END) AS p8, max(CASE WHEN "event" IN ('dead_click') THEN 1 ELSE 0 END) AS p9, max(CASE WHEN "event" IN ('error_click') THEN 1 ELSE 0 END) AS p10, max(CASE WHEN "event" IN ('exception') THEN 1 ELSE 0 END) AS p11, max(CASE WHEN "event" IN ('vitals') THEN 1 ELSE 0 END) AS p12, max(CASE WHEN "event" IN ('request') THEN 1 ELSE 0 END) AS p13, max(CASE WHEN "event" IN ('not_found') THEN 1 ELSE 0 END) AS p14, max(CASE WHEN "event" IN ('search') THEN 1 ELSE 0 END) AS p15, max(CASE WHEN "event" IN ('form_start') THEN 1 ELSE 0 END) AS p16, max(CASE WHEN "event" IN ('form_submit') THEN 1 ELSE 0 END) AS p17, max(CASE WHEN "event" IN ('checkout_start') THEN 1 ELSE 0 END) AS p18, max(CASE WHEN "event" IN ('checkout_done', 'order paid') THEN 1 ELSE 0 END) AS p19, max(CASE WHEN "event" IN ('payment_failed') THEN 1 ELSE 0 END) AS p20, max(CASE WHEN 1 = 1 THEN 1 ELSE 0 END) AS p21 FROM "events"
  WHERE "ts" >= toDateTime(1772406000) AND "ts" < toDateTime(1772492400) AND "session_id" != ''
  GROUP BY v, u)
ANY LEFT JOIN (SELECT "session_id" AS u, max(CASE WHEN "event" IN ('checkout_done', 'order paid') THEN 1 ELSE 0 END) AS e0 FROM "events"
  WHERE "ts" >= toDateTime(1772406000) AND "ts" < toDateTime(1772492400) AND "session_id" != ''
  GROUP BY u) USING u
GROUP BY v ORDER BY v LIMIT 2

-- cells: page
SELECT v, sum(p0) AS s0, sum(p1) AS s1, sum(p2) AS s2, sum((1 - (1 - p3 * (1 - e0)) * (1 - p4))) AS s3
FROM (SELECT "page" AS v, "session_id" AS u, max(CASE WHEN "event" IN ('pageview') THEN 1 ELSE 0 END) AS p0, max(CASE WHEN "event" IN ('exception') THEN 1 ELSE 0 END) AS p1, max(CASE WHEN "event" IN ('checkout_start') OR "event" IN ('payment_failed') THEN 1 ELSE 0 END) AS p2, max(CASE WHEN "event" IN ('checkout_start') THEN 1 ELSE 0 END) AS p3, max(CASE WHEN "event" IN ('payment_failed') THEN 1 ELSE 0 END) AS p4 FROM "events"
  WHERE "ts" >= toDateTime(1772406000) AND "ts" < toDateTime(1772492400) AND "session_id" != '' AND "page" != ''
  GROUP BY v, u)
ANY LEFT JOIN (SELECT "session_id" AS u, max(CASE WHEN "event" IN ('checkout_done', 'order paid') THEN 1 ELSE 0 END) AS e0 FROM "events"
  WHERE "ts" >= toDateTime(1772406000) AND "ts" < toDateTime(1772492400) AND "session_id" != ''
  GROUP BY u) USING u
GROUP BY v ORDER BY v LIMIT 20001

-- cells: page
SELECT v, sum(p0) AS s0, sum(p1) AS s1
FROM (SELECT "page" AS v, "session_id" AS u, max(CASE WHEN "event" IN ('pageview') THEN 1 ELSE 0 END) AS p0, max(CASE WHEN "event" IN ('exception') THEN 1 ELSE 0 END) AS p1 FROM "events"
  WHERE "ts" >= toDateTime(1772406000) AND "ts" < toDateTime(1772492400) AND "session_id" != '' AND "page" != ''
  GROUP BY v, u)
GROUP BY v ORDER BY v LIMIT 20001

-- cells: error
SELECT v, sum(p0) AS s0, sum(p2) AS s1
FROM (SELECT "error" AS v, "session_id" AS u, max(CASE WHEN "event" IN ('exception') THEN 1 ELSE 0 END) AS p0, max(CASE WHEN "event" IN ('refund') AND "page" IN ('/cart') THEN 1 ELSE 0 END) AS p1, max(CASE WHEN "event" IN ('exception') AND "page" IN (unhex('2F6F2778'), unhex('2F636166C3A9')) THEN 1 ELSE 0 END) AS p2 FROM "events"
  WHERE "ts" >= toDateTime(1772406000) AND "ts" < toDateTime(1772492400) AND "session_id" != '' AND "error" != ''
  GROUP BY v, u)
GROUP BY v ORDER BY v LIMIT 20001

-- pages
SELECT "page" AS v FROM "events"
  WHERE "ts" >= toDateTime(1772406000) AND "ts" < toDateTime(1772492400) AND "session_id" != '' AND "page" != '' AND "event" IN ('exception')
GROUP BY v ORDER BY v LIMIT 20001

-- exposures
SELECT count() AS n, sum(CASE WHEN "session_id" != '' AND "arm" != '' THEN 0 ELSE 1 END) AS k,
  uniqExactIf("session_id", "session_id" != '' AND "arm" != '' AND NOT "arm" IN ('control', 'green')) AS x FROM "events"
  WHERE "ts" >= toDateTime(1772406000) AND "ts" < toDateTime(1772492400) AND "event" IN ('exposure') AND "experiment" = 'cta' AND ("session_id" != '' OR "user_id" != '')

-- arms
SELECT if(k0 > 1, '', a) AS arm, k > 1 AS multi, count() AS n, sum(t0 >= 1772420400000) AS late, sum(cm > 0) AS s, sum(cg0 > 0) AS s0
FROM (SELECT u, minIf(t, x = 1) AS t0, anyIf(r, x = 1 AND t < 1772492400000) AS a,
  uniqExactIf(r, x = 1 AND t < 1772492400000) AS k0, uniqExactIf(r, x = 1) AS k,
  arrayCount(y -> y >= t0 AND y < t0 + 86400000, groupArrayIf(t, m = 1)) AS cm,
  arrayCount(y -> y >= t0 AND y < t0 + 86400000, groupArrayIf(t, g0 = 1)) AS cg0
  FROM (SELECT "session_id" AS u, toUInt64(toUnixTimestamp("ts")) * 1000 AS t,
  CASE WHEN "arm" IN ('control', 'green') THEN "arm" ELSE '?' END AS r,
  CASE WHEN "event" IN ('exposure') AND "experiment" = 'cta' AND "arm" != '' THEN 1 ELSE 0 END AS x,
  CASE WHEN "event" IN ('purchase') THEN 1 ELSE 0 END AS m,
  CASE WHEN "event" IN ('refund') THEN 1 ELSE 0 END AS g0 FROM "events"
  WHERE "ts" >= toDateTime(1772319600) AND "ts" < toDateTime(1772578800) AND "session_id" != ''
  AND "event" IN ('exposure', 'purchase', 'refund'))
  GROUP BY u HAVING countIf(x = 1) > 0)
WHERE t0 >= 1772406000000 AND t0 < 1772492400000 GROUP BY arm, multi ORDER BY arm, multi

-- arms: users
SELECT if(k0 > 1, '', a) AS arm, k > 1 AS multi, count() AS n, sum(cm > 0) AS s
FROM (SELECT u, minIf(t, x = 1) AS t0, anyIf(r, x = 1 AND t < 1772492400000) AS a,
  uniqExactIf(r, x = 1 AND t < 1772492400000) AS k0, uniqExactIf(r, x = 1) AS k,
  arrayCount(y -> y >= t0 AND y < t0 + 86400000, groupArrayIf(t, m = 1)) AS cm
  FROM (SELECT "user_id" AS u, toUInt64(toUnixTimestamp("ts")) * 1000 AS t,
  CASE WHEN "arm" IN ('control', 'green') THEN "arm" ELSE '?' END AS r,
  CASE WHEN "event" IN ('exposure') AND "experiment" = 'cta' AND "arm" != '' THEN 1 ELSE 0 END AS x,
  CASE WHEN "event" IN ('purchase') THEN 1 ELSE 0 END AS m FROM "events"
  WHERE "ts" >= toDateTime(1772319600) AND "ts" < toDateTime(1772578800) AND "user_id" != ''
  AND "event" IN ('exposure', 'purchase'))
  GROUP BY u HAVING countIf(x = 1) > 0)
WHERE t0 >= 1772406000000 AND t0 < 1772492400000 GROUP BY arm, multi ORDER BY arm, multi

-- days: other times
SELECT 0 + intDiv(toUInt64(toUnixTimestamp64Milli("ts")) - 1774566000000, 86400000) AS d, count() AS n, sum(CASE WHEN "session_id" != '' OR "user_id" != '' THEN 1 ELSE 0 END) AS k, max(toUInt64(toUnixTimestamp64Milli("ts"))) AS t FROM "events"
  WHERE "ts" >= toDateTime(1774566000) AND "ts" < toDateTime(1774652400)
GROUP BY d ORDER BY d LIMIT 2
SELECT 0 + intDiv(toUInt64("ts") - 1774566000000, 86400000) AS d, count() AS n, sum(CASE WHEN "session_id" != '' OR "user_id" != '' THEN 1 ELSE 0 END) AS k, max(toUInt64("ts")) AS t FROM "events"
  WHERE "ts" >= 1774566000000 AND "ts" < 1774652400000
GROUP BY d ORDER BY d LIMIT 2
SELECT 0 + intDiv(toUInt64("ts") * 1000 - 1774566000000, 86400000) AS d, count() AS n, sum(CASE WHEN "session_id" != '' OR "user_id" != '' THEN 1 ELSE 0 END) AS k, max(toUInt64("ts") * 1000) AS t FROM "events"
  WHERE "ts" >= 1774566000 AND "ts" < 1774652400
GROUP BY d ORDER BY d LIMIT 2
