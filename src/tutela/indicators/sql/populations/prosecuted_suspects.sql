-- One row per person prosecuted, or judged by a court that alone knows of it.
SELECT
  person_id AS unit_id,
  MIN(happened_on) AS counted_on,
  CASE
    WHEN MIN(offence_group) IS NULL THEN 'unknown'
    WHEN MIN(offence_group) = MAX(offence_group) THEN MIN(offence_group)
    ELSE 'several'
  END AS offence_group
FROM fact
WHERE role = 'suspect' AND event_type IN ('prosecution', 'judgment')
GROUP BY person_id
