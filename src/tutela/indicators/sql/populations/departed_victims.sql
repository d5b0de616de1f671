-- One row per child victim who left a specialised centre.
SELECT
  o.person_id AS unit_id,
  o.counted_on,
  o.outcome AS destination
FROM outcome AS o
INNER JOIN person AS p ON p.person_id = o.person_id
WHERE o.role = 'victim' AND o.event_type = 'left_centre' AND p.was_child
