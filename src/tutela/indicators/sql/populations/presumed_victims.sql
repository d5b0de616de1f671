-- One row per child known as a victim to any source, with the furthest step of justice.
WITH steps AS (
  SELECT
    person_id,
    MAX(
      CASE
        WHEN event_type = 'judgment' AND outcome = 'convicted' THEN 5
        WHEN event_type = 'judgment' THEN 4
        WHEN event_type = 'victim_recognised' THEN 4
        WHEN event_type = 'prosecution' THEN 3
        WHEN event_type = 'dismissal' THEN 2
        WHEN event_type IN ('complaint', 'investigation_opened') THEN 1
        ELSE 0
      END
    ) AS step
  FROM fact
  WHERE role = 'victim'
  GROUP BY person_id
)

SELECT
  p.person_id AS unit_id,
  p.first_on AS counted_on,
  p.facts_on,
  p.form,
  p.sex,
  p.age_facts,
  p.age_identification,
  p.citizenship_group,
  p.territory,
  p.body,
  p.online,
  p.risk_disability,
  p.risk_street,
  p.risk_runaway,
  p.risk_care,
  p.risk_migration,
  p.risk_poverty,
  p.risk_conflict_with_law,
  CASE s.step
    WHEN 5 THEN 'convicted'
    WHEN 4 THEN 'not_convicted'
    WHEN 3 THEN 'prosecuted'
    WHEN 2 THEN 'dismissed'
    WHEN 1 THEN 'investigation'
    ELSE 'none'
  END AS justice_stage
FROM person AS p
LEFT JOIN steps AS s ON s.person_id = p.person_id
WHERE p.role = 'victim' AND p.was_child
