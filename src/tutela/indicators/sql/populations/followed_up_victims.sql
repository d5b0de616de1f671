-- One row per child followed up, with the outcome of the last follow-up.
WITH ranked AS (
  SELECT
    person_id,
    outcome,
    MIN(happened_on) OVER (PARTITION BY person_id) AS counted_on,
    ROW_NUMBER() OVER (
      PARTITION BY person_id ORDER BY happened_on DESC NULLS LAST, event_id DESC
    ) AS place
  FROM fact
  WHERE role = 'victim' AND event_type = 'follow_up'
)

SELECT
  r.person_id AS unit_id,
  r.counted_on,
  COALESCE(r.outcome, 'unknown') AS follow_up
FROM ranked AS r
INNER JOIN person AS p ON p.person_id = r.person_id
WHERE r.place = 1 AND p.was_child
