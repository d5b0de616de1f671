-- One row per child granted victim status, with the time since referral.
WITH granted AS (
  SELECT
    person_id,
    MIN(CASE WHEN event_type = 'status_granted' THEN happened_on END) AS counted_on,
    MIN(CASE WHEN event_type = 'status_granted' THEN exact_on END) AS granted_on,
    MIN(CASE WHEN event_type = 'referral' THEN exact_on END) AS referred_on,
    MAX(CASE WHEN event_type = 'status_granted' THEN 1 ELSE 0 END) AS granted
  FROM fact
  WHERE role = 'victim' AND event_type IN ('referral', 'status_granted')
  GROUP BY person_id
),

timed AS (
  SELECT *, DATE_DIFF('day', referred_on, granted_on) AS days
  FROM granted
  WHERE granted = 1
)

SELECT
  t.person_id AS unit_id,
  t.counted_on,
  p.sex,
  CASE
    WHEN t.days IS NULL OR t.days < 0 THEN 'unknown'
    WHEN t.days <= 90 THEN 'days_90'
    WHEN t.days <= 180 THEN 'days_180'
    ELSE 'later'
  END AS status_delay
FROM timed AS t
INNER JOIN person AS p ON p.person_id = t.person_id
WHERE p.was_child
