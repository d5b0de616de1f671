-- One row per child signalled to the guardianship service, with the time to a guardian.
WITH signals AS (
  SELECT
    person_id,
    MIN(happened_on) AS counted_on,
    MIN(CASE WHEN event_type = 'guardian_signalled' THEN exact_on END) AS signalled_on,
    MIN(CASE WHEN event_type = 'guardian_assigned' THEN exact_on END) AS assigned_on,
    MAX(CASE WHEN event_type = 'guardian_assigned' THEN 1 ELSE 0 END) AS assigned
  FROM fact
  WHERE role = 'victim' AND event_type IN ('guardian_signalled', 'guardian_assigned')
  GROUP BY person_id
),

timed AS (
  SELECT *, DATE_DIFF('day', signalled_on, assigned_on) AS days FROM signals
)

SELECT
  t.person_id AS unit_id,
  t.counted_on,
  CASE
    WHEN t.assigned = 0 THEN 'not_assigned'
    WHEN t.days IS NULL OR t.days < 0 THEN 'unknown'
    WHEN t.days <= 7 THEN 'assigned_7'
    WHEN t.days <= 30 THEN 'assigned_30'
    WHEN t.days <= 90 THEN 'assigned_90'
    ELSE 'assigned_late'
  END AS guardian
FROM timed AS t
INNER JOIN person AS p ON p.person_id = t.person_id
WHERE p.was_child
