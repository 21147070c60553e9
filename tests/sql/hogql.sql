-- days
SELECT CASE WHEN timestamp < toDateTime('2026-03-28 23:00:00','UTC') THEN 0 + intDiv(toUnixTimestamp64Milli(timestamp) - 1774566000000, 86400000) WHEN timestamp < toDateTime('2026-03-29 22:00:00','UTC') THEN 2 + intDiv(toUnixTimestamp64Milli(timestamp) - 1774738800000, 82800000) ELSE 3 + intDiv(toUnixTimestamp64Milli(timestamp) - 1774821600000, 86400000) END AS d, count() AS n, sum(CASE WHEN ifNull(properties.$session_id, '') != '' OR user_id != '' THEN 1 ELSE 0 END) AS k, max(toUnixTimestamp64Milli(timestamp)) AS t FROM events
  WHERE timestamp >= toDateTime('2026-03-26 23:00:00','UTC') AND timestamp < toDateTime('2026-03-30 22:00:00','UTC')
GROUP BY d ORDER BY d LIMIT 50000

-- cells: site
SELECT v, sum(p0) AS s0, sum(p1) AS s1, sum(p2) AS s2, sum((1 - (1 - p3 * (1 - e0)) * (1 - p4))) AS s3, sum(p5) AS s4, sum(p6) AS s5, sum(p7) AS s6, sum(p8) AS s7, sum(p9) AS s8, sum(p10) AS s9, sum(p11) AS s10, sum(p12) AS s11, sum(p13) AS s12, sum(p14) AS s13, sum(p15) AS s14, sum(p16) AS s15, sum(p17) AS s16, sum(p18) AS s17, sum(p19) AS s18, sum(p20) AS s19
FROM (SELECT 'site' AS v, ifNull(properties.$session_id, '') AS u, max(CASE WHEN event IN ('pageview') THEN 1 ELSE 0 END) AS p0, max(CASE WHEN event IN ('exception') THEN 1 ELSE 0 END) AS p1, max(CASE WHEN event IN ('checkout_start') OR event IN ('payment_failed') THEN 1 ELSE 0 END) AS p2, max(CASE WHEN event IN ('checkout_start') THEN 1 ELSE 0 END) AS p3, max(CASE WHEN event IN ('payment_failed') THEN 1 ELSE 0 END) AS p4, max(CASE WHEN event IN ('request') AND status > 403.5 AND status <= 404 AND lower(referrer_host) IN (lower('Shop.example')) OR cls > 0.1 THEN 1 ELSE 0 END) AS p5, max(CASE WHEN event IN ('pageview') THEN 1 ELSE 0 END) AS p6, max(CASE WHEN event IN ('rage_click') THEN 1 ELSE 0 END) AS p7, max(CASE WHEN event IN ('dead_click') THEN 1 ELSE 0 END) AS p8, max(CASE WHEN event IN ('error_click') THEN 1 ELSE 0 END) AS p9, max(CASE WHEN event IN ('exception') THEN 1 ELSE 0 END) AS p10, max(CASE WHEN event IN ('vitals') THEN 1 ELSE 0 END) AS p11, max(CASE WHEN event IN ('request') THEN 1 ELSE 0 END) AS p12, max(CASE WHEN event IN ('not_found') THEN 1 ELSE 0 END) AS p13, max(CASE WHEN event IN ('search') THEN 1 ELSE 0 END) AS p14, max(CASE WHEN event IN ('form_start') THEN 1 ELSE 0 END) AS p15, max(CASE WHEN event IN ('form_submit') THEN 1 ELSE 0 END) AS p16, max(CASE WHEN event IN ('checkout_start') THEN 1 ELSE 0 END) AS p17, max(CASE WHEN event IN ('checkout_done', 'order paid') THEN 1 ELSE 0 END) AS p18, max(CASE WHEN event IN ('payment_failed') THEN 1 ELSE 0 END) AS p19, max(CASE WHEN 1 = 1 THEN 1 ELSE 0 END) AS p20 FROM events
  WHERE timestamp >= toDateTime('2026-03-01 23:00:00','UTC') AND timestamp < toDateTime('2026-03-02 23:00:00','UTC') AND ifNull(properties.$session_id, '') != ''
  GROUP BY v, u) AS c
LEFT JOIN (SELECT ifNull(properties.$session_id, '') AS u, max(CASE WHEN event IN ('checkout_done', 'order paid') THEN 1 ELSE 0 END) AS e0 FROM events
  WHERE timestamp >= toDateTime('2026-03-01 23:00:00','UTC') AND timestamp < toDateTime('2026-03-02 23:00:00','UTC') AND ifNull(properties.$session_id, '') != ''
  GROUP BY u) AS d ON c.u = d.u
GROUP BY v ORDER BY v LIMIT 50000

-- cells: error
SELECT v, sum(p0) AS s0
FROM (SELECT error AS v, ifNull(properties.$session_id, '') AS u, max(CASE WHEN event IN ('exception') THEN 1 ELSE 0 END) AS p0 FROM events
  WHERE timestamp >= toDateTime('2026-03-01 23:00:00','UTC') AND timestamp < toDateTime('2026-03-02 23:00:00','UTC') AND ifNull(properties.$session_id, '') != '' AND error != ''
  GROUP BY v, u) AS c
GROUP BY v ORDER BY v LIMIT 50000

-- exposures
SELECT count() AS n, sum(CASE WHEN ifNull(properties.$session_id, '') != '' AND ifNull(properties.$feature_flag_response, '') != '' THEN 0 ELSE 1 END) AS k,
  uniqExactIf(ifNull(properties.$session_id, ''), ifNull(properties.$session_id, '') != '' AND ifNull(properties.$feature_flag_response, '') != '' AND NOT ifNull(properties.$feature_flag_response, '') IN ('control', 'green')) AS x FROM events
  WHERE timestamp >= toDateTime('2026-03-01 23:00:00','UTC') AND timestamp < toDateTime('2026-03-02 23:00:00','UTC') AND event IN ('exposure') AND ifNull(properties.$feature_flag, '') = 'cta' AND (ifNull(properties.$session_id, '') != '' OR user_id != '') LIMIT 50000

-- arms
SELECT if(k0 > 1, '', a) AS arm, k > 1 AS multi, count() AS n, sum(t0 >= 1772420400000) AS late, sum(cm > 0) AS s, sum(cg0 > 0) AS s0
FROM (SELECT u, minIf(t, x = 1) AS t0, anyIf(r, x = 1 AND t < 1772492400000) AS a,
  uniqExactIf(r, x = 1 AND t < 1772492400000) AS k0, uniqExactIf(r, x = 1) AS k,
  arrayCount(y -> y >= t0 AND y < t0 + 86400000, groupArrayIf(t, m = 1)) AS cm,
  arrayCount(y -> y >= t0 AND y < t0 + 86400000, groupArrayIf(t, g0 = 1)) AS cg0
  FROM (SELECT ifNull(properties.$session_id, '') AS u, toUnixTimestamp64Milli(timestamp) AS t,
  CASE WHEN ifNull(properties.$feature_flag_response, '') IN ('control', 'green') THEN ifNull(properties.$feature_flag_response, '') ELSE '?' END AS r,
  CASE WHEN event IN ('exposure') AND ifNull(properties.$feature_flag, '') = 'cta' AND ifNull(properties.$feature_flag_response, '') != '' THEN 1 ELSE 0 END AS x,
  CASE WHEN event IN ('purchase') THEN 1 ELSE 0 END AS m,
  CASE WHEN event IN ('refund') THEN 1 ELSE 0 END AS g0 FROM events
  WHERE timestamp >= toDateTime('2026-02-28 23:00:00','UTC') AND timestamp < toDateTime('2026-03-03 23:00:00','UTC') AND ifNull(properties.$session_id, '') != ''
  AND event IN ('exposure', 'purchase', 'refund'))
  GROUP BY u HAVING countIf(x = 1) > 0)
WHERE t0 >= 1772406000000 AND t0 < 1772492400000 GROUP BY arm, multi ORDER BY arm, multi LIMIT 50000
