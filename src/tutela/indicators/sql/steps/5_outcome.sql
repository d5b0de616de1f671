-- One row per person, role and type of event: the first day, and the only outcome known.
SELECT
  person_id,
  role,
  event_type,
  MIN(happened_on) AS counted_on,
  CASE
    WHEN MIN(outcome) IS NULL THEN 'unknown'
    WHEN MIN(outcome) = MAX(outcome) THEN MIN(outcome)
    ELSE 'several'
  END AS outcome
FROM fact
GROUP BY person_id, role, event_type
