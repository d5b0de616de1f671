-- One row per presumed victim whose age was assessed, adults by the result included.
SELECT
  o.person_id AS unit_id,
  o.counted_on,
  o.outcome AS age_assessment
FROM outcome AS o
INNER JOIN person AS p ON p.person_id = o.person_id
WHERE o.role = 'victim' AND o.event_type = 'age_assessment'
