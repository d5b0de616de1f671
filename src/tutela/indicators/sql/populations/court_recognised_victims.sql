-- One row per child recognised as a victim in a judgment.
SELECT
  p.person_id AS unit_id,
  MIN(f.happened_on) AS counted_on,
  MIN(p.sex) AS sex,
  MIN(p.form) AS form
FROM person AS p
INNER JOIN fact AS f ON f.person_id = p.person_id AND f.event_type = 'victim_recognised'
WHERE p.role = 'victim' AND p.was_child
GROUP BY p.person_id
