-- One row per child victim deprived of liberty at least once.
WITH happened AS (
  SELECT
    person_id,
    MIN(happened_on) AS counted_on,
    MIN(outcome) AS first_outcome,
    MAX(outcome) AS last_outcome
  FROM fact
  WHERE role = 'victim' AND event_type = 'deprivation_of_liberty'
  GROUP BY person_id
)

SELECT
  h.person_id AS unit_id,
  h.counted_on,
  CASE
    WHEN h.first_outcome IS NULL THEN 'unknown'
    WHEN h.first_outcome = h.last_outcome THEN h.first_outcome
    ELSE 'several'
  END AS place_of_deprivation
FROM happened AS h
INNER JOIN person AS p ON p.person_id = h.person_id
WHERE p.was_child
