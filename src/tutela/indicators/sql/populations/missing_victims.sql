-- One row per child victim reported missing, with the first return recorded after it.
WITH gone AS (
  SELECT
    person_id,
    MIN(happened_on) AS counted_on,
    MIN(exact_on) AS missing_on
  FROM fact
  WHERE role = 'victim' AND event_type = 'missing'
  GROUP BY person_id
),

back AS (
  SELECT
    g.person_id,
    MIN(CASE WHEN f.exact_on >= g.missing_on THEN f.exact_on END) AS found_on
  FROM gone AS g
  INNER JOIN fact AS f ON f.person_id = g.person_id AND f.event_type = 'found'
  WHERE f.happened_on IS NULL OR g.counted_on IS NULL OR f.happened_on >= g.counted_on
  GROUP BY g.person_id
),

timed AS (
  SELECT
    g.person_id,
    g.counted_on,
    CASE WHEN b.person_id IS NULL THEN 0 ELSE 1 END AS found,
    DATE_DIFF('day', g.missing_on, b.found_on) AS days
  FROM gone AS g
  LEFT JOIN back AS b ON b.person_id = g.person_id
)

SELECT
  t.person_id AS unit_id,
  t.counted_on,
  CASE
    WHEN t.found = 0 THEN 'not_recorded'
    WHEN t.days IS NULL THEN 'unknown'
    WHEN t.days <= 7 THEN 'found_7'
    WHEN t.days <= 30 THEN 'found_30'
    ELSE 'found_late'
  END AS found
FROM timed AS t
INNER JOIN person AS p ON p.person_id = t.person_id
WHERE p.was_child
