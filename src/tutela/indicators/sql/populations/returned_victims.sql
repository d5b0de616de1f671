-- One row per child victim returned to another country.
SELECT
  o.person_id AS unit_id,
  o.counted_on,
  o.outcome AS return_kind
FROM outcome AS o
INNER JOIN person AS p ON p.person_id = o.person_id
WHERE o.role = 'victim' AND o.event_type = 'return' AND p.was_child
