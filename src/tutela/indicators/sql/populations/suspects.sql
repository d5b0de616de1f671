-- One row per person suspected, with the final decision, the time it took, and frozen assets. The
-- decision that counts is a conviction before another judgment before a dismissal.
WITH path AS (
  SELECT
    person_id,
    MIN(exact_on) AS started_on,
    MIN(
      CASE WHEN event_type = 'judgment' AND outcome = 'convicted' THEN exact_on END
    ) AS convicted_on,
    MIN(CASE WHEN event_type = 'judgment' THEN exact_on END) AS judged_on,
    MIN(CASE WHEN event_type = 'dismissal' THEN exact_on END) AS dismissed_on,
    MAX(
      CASE
        WHEN event_type = 'judgment' AND outcome = 'convicted' THEN 3
        WHEN event_type = 'judgment' THEN 2
        WHEN event_type = 'dismissal' THEN 1
        ELSE 0
      END
    ) AS decision,
    MAX(CASE WHEN event_type = 'asset_freeze' THEN 1 ELSE 0 END) AS froze,
    MIN(CASE WHEN event_type = 'asset_freeze' THEN exact_on END) AS frozen_on,
    MIN(
      CASE WHEN event_type IN ('prosecution', 'judgment') THEN happened_on END
    ) AS pursued_on
  FROM fact
  WHERE role = 'suspect'
  GROUP BY person_id
),

timed AS (
  SELECT
    path.*,
    CASE decision
      WHEN 3 THEN 'convicted'
      WHEN 2 THEN 'acquitted'
      WHEN 1 THEN 'dismissed'
      ELSE 'open'
    END AS ending,
    DATE_DIFF(
      'day',
      started_on,
      CASE decision WHEN 3 THEN convicted_on WHEN 2 THEN judged_on WHEN 1 THEN dismissed_on END
    ) AS days
  FROM path
)

SELECT
  p.person_id AS unit_id,
  p.first_on AS counted_on,
  p.offence_group,
  p.suspect_age,
  p.sex,
  p.extraterritorial,
  CASE
    WHEN COALESCE(t.decision, 0) = 0 THEN 'open'
    WHEN t.days IS NULL THEN t.ending || '_unknown'
    WHEN t.days < 365 THEN t.ending || '_1'
    WHEN t.days < 730 THEN t.ending || '_2'
    WHEN t.days < 1460 THEN t.ending || '_4'
    ELSE t.ending || '_late'
  END AS decision,
  CASE
    WHEN COALESCE(t.froze, 0) = 0 THEN 'none'
    WHEN t.frozen_on IS NULL THEN 'unknown'
    WHEN t.pursued_on IS NULL OR t.frozen_on < t.pursued_on THEN 'early'
    ELSE 'late'
  END AS frozen
FROM person AS p
LEFT JOIN timed AS t ON t.person_id = p.person_id
WHERE p.role = 'suspect'
