-- One row per person convicted. Where these events
-- name no offence, the person's group and class over all files stand.
WITH concerned AS (
  SELECT
    person_id,
    MIN(happened_on) AS counted_on,
    MIN(offence_group) AS first_group,
    MAX(offence_group) AS last_group,
    MIN(offence_iccs) AS first_iccs,
    MAX(offence_iccs) AS last_iccs
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
  END AS offence_group,
  CASE
    WHEN c.first_iccs IS NULL THEN p.offence_iccs
    WHEN c.first_iccs = c.last_iccs THEN c.first_iccs
    ELSE 'several'
  END AS offence_iccs
FROM concerned AS c
INNER JOIN person AS p ON p.person_id = c.person_id
