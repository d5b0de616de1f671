-- Children by year of registration and by the bodies that know them, under one clustering of the
-- victims' records. Each body weighs a power of two, so that a sum of different weights names the
-- bodies.
WITH child AS (
  SELECT
    k.person,
    MIN(s.first_on) AS first_on,
    SUM(DISTINCT b.weight) AS bodies
  FROM clustering AS k
  INNER JOIN mention AS m ON m.record_id = k.record_id
  INNER JOIN start AS s ON s.record_id = k.record_id
  INNER JOIN body AS b ON b.agency = m.agency
  WHERE m.role = 'victim'
  GROUP BY k.person
  -- In doubt a person is a child, as in the step `person`.
  HAVING COALESCE(MIN(m.age_at_facts), 0) < 18
)

SELECT
  CASE
    WHEN c.first_on IS NULL THEN 'unknown' ELSE COALESCE(y.year_code, 'earlier')
  END AS year,
  c.bodies,
  COUNT(*) AS children
FROM child AS c
LEFT JOIN calendar AS y ON y.year = YEAR(c.first_on)
GROUP BY 1, 2
ORDER BY 1, 2
