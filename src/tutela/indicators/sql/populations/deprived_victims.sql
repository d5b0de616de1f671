-- One row per child victim deprived of liberty at least once.
SELECT
  o.person_id AS unit_id,
  o.counted_on,
  o.outcome AS place_of_deprivation
FROM outcome AS o
INNER JOIN person AS p ON p.person_id = o.person_id
WHERE o.role = 'victim' AND o.event_type = 'deprivation_of_liberty' AND p.was_child
