-- One row per child victim awarded damages by a court.
WITH awards AS (
  SELECT
    person_id,
    MIN(happened_on) AS counted_on,
    MAX(CASE WHEN amount_eur IS NULL THEN 1 ELSE 0 END) AS amount_missing,
    SUM(amount_eur) AS amount
  FROM fact
  WHERE role = 'victim' AND event_type = 'compensation_awarded'
  GROUP BY person_id
)

SELECT
  a.person_id AS unit_id,
  a.counted_on,
  CASE
    WHEN a.amount_missing = 1 THEN 'unknown'
    WHEN a.amount < 1000 THEN 'under_1000'
    WHEN a.amount < 5000 THEN 'under_5000'
    WHEN a.amount < 15000 THEN 'under_15000'
    ELSE 'from_15000'
  END AS court_award
FROM awards AS a
INNER JOIN person AS p ON p.person_id = a.person_id
WHERE p.was_child
