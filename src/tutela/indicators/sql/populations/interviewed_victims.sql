-- One row per child heard at least once. A count that a source left out makes the total unknown.
WITH heard AS (
  SELECT
    person_id,
    MIN(happened_on) AS counted_on,
    MIN(CASE WHEN quantity IS NULL THEN 0 ELSE 1 END) AS counted,
    MIN(CASE WHEN quantity_recorded IS NULL THEN 0 ELSE 1 END) AS recording_known,
    SUM(quantity) AS held,
    SUM(quantity_recorded) AS recorded
  FROM fact
  WHERE role = 'victim' AND event_type = 'interview' AND COALESCE(quantity, 1) > 0
  GROUP BY person_id
)

SELECT
  h.person_id AS unit_id,
  h.counted_on,
  CASE
    WHEN h.counted = 0 THEN 'unknown'
    WHEN h.held = 1 THEN '1'
    WHEN h.held = 2 THEN '2'
    WHEN h.held <= 4 THEN '3-4'
    ELSE '5+'
  END AS interviews,
  CASE
    WHEN h.counted = 0 OR h.recording_known = 0 THEN 'unknown'
    WHEN h.recorded = 0 THEN 'none'
    WHEN h.recorded >= h.held THEN 'all'
    ELSE 'some'
  END AS recorded
FROM heard AS h
INNER JOIN person AS p ON p.person_id = h.person_id
WHERE p.was_child
