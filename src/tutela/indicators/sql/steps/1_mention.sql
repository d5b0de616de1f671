-- Every record with the person it belongs to. An age or a date that is not known is null.
SELECT
  r.role || ':' || CAST(c.cluster_id AS VARCHAR) AS person_id,
  r.role,
  r.record_id,
  r.agency,
  r.sex,
  r.citizenship,
  r.age_at_facts,
  r.age_at_identification,
  CASE WHEN r.facts_date_precision <> 'unknown' THEN r.facts_date END AS facts_on,
  r.risk_disability,
  r.risk_street,
  r.risk_runaway,
  r.risk_care,
  r.risk_migration,
  r.risk_poverty,
  r.risk_conflict_with_law
FROM records AS r
INNER JOIN clusters AS c ON c.record_id = r.record_id
