-- One row per person convicted. Where these events
-- name no offence, the person's group over all files stands.
WITH concerned AS (
  SELECT
    person_id,
    MIN(happened_on) AS counted_on,
    MIN(offence_group) AS first_group,
    MAX(offence_group) AS last_group
  FROM fact
  WHERE role = 'suspect' AND event_type = 'judgment' AND outcome = 'convicted'
  GROUP BY person_id
)

SELECT
  c.person_id AS unit_id,
  c.counted_on,
  CASE
    WHEN c.first_group IS NULL THEN p.offence_group
    WHEN c.first_group = c.last_group THEN c.first_group
    ELSE 'several'
  END AS offence_group
FROM concerned AS c
INNER JOIN person AS p ON p.person_id = c.person_id
