-- Every record with the day of its first dated event.
SELECT
  m.person_id,
  m.record_id,
  m.agency,
  m.citizenship,
  m.age_at_facts,
  m.age_at_identification,
  m.facts_on,
  s.first_on
FROM mention AS m
LEFT JOIN (
  SELECT record_id, MIN(happened_on) AS first_on
  FROM fact
  GROUP BY record_id
) AS s ON s.record_id = m.record_id
