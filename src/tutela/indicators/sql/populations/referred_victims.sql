-- One row per child referred or admitted to a centre, or signalled as a victim of trafficking, with
-- the furthest stage of the path and the delays on it.
WITH path AS (
  SELECT
    person_id,
    MIN(
      CASE WHEN event_type IN ('referral', 'admission') THEN happened_on END
    ) AS counted_on,
    MAX(CASE WHEN event_type IN ('referral', 'admission') THEN 1 ELSE 0 END) AS referred,
    MAX(CASE WHEN event_type = 'admission' THEN 1 ELSE 0 END) AS admitted,
    MIN(CASE WHEN event_type = 'referral' THEN exact_on END) AS referred_on,
    MIN(CASE WHEN event_type = 'admission' THEN exact_on END) AS admitted_on,
    MIN(exact_on) AS first_exact_on,
    MAX(
      CASE event_type
        WHEN 'unlimited_stay' THEN 5
        WHEN 'status_granted' THEN 4
        WHEN 'temporary_document' THEN 3
        WHEN 'reflection_document' THEN 2
        WHEN 'admission' THEN 1
        ELSE 0
      END
    ) AS stage
  FROM fact
  WHERE role = 'victim'
  GROUP BY person_id
),

timed AS (
  SELECT
    path.*,
    DATE_DIFF('day', first_exact_on, referred_on) AS waited,
    DATE_DIFF('day', referred_on, admitted_on) AS days
  FROM path
  WHERE referred = 1
)

SELECT
  t.person_id AS unit_id,
  t.counted_on,
  p.sex,
  p.age_facts,
  p.citizenship_group,
  CASE t.stage
    WHEN 5 THEN 'unlimited_stay'
    WHEN 4 THEN 'status'
    WHEN 3 THEN 'temporary_stay'
    WHEN 2 THEN 'reflection'
    WHEN 1 THEN 'admission'
    ELSE 'referral'
  END AS referral_stage,
  CASE
    WHEN t.waited IS NULL THEN 'unknown'
    WHEN t.waited = 0 THEN 'same_day'
    WHEN t.waited <= 7 THEN 'days_7'
    WHEN t.waited <= 30 THEN 'days_30'
    WHEN t.waited <= 90 THEN 'days_90'
    ELSE 'later'
  END AS referral_delay,
  CASE
    WHEN t.admitted = 0 THEN 'not_admitted'
    WHEN t.days IS NULL OR t.days < 0 THEN 'unknown'
    WHEN t.days = 0 THEN 'same_day'
    WHEN t.days <= 7 THEN 'days_7'
    WHEN t.days <= 30 THEN 'days_30'
    ELSE 'later'
  END AS admission_delay
FROM timed AS t
INNER JOIN person AS p ON p.person_id = t.person_id
WHERE p.was_child
