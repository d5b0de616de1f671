-- One row per person judged, with all that was confiscated.
WITH judged AS (
  SELECT
    person_id,
    MIN(CASE WHEN event_type = 'judgment' THEN happened_on END) AS counted_on,
    MAX(CASE WHEN event_type = 'judgment' THEN 1 ELSE 0 END) AS judgment,
    MAX(CASE WHEN event_type = 'confiscation' THEN 1 ELSE 0 END) AS confiscated,
    MAX(
      CASE WHEN event_type = 'confiscation' AND amount_eur IS NULL THEN 1 ELSE 0 END
    ) AS amount_missing,
    SUM(CASE WHEN event_type = 'confiscation' THEN amount_eur END) AS amount
  FROM fact
  WHERE role = 'suspect' AND event_type IN ('judgment', 'confiscation')
  GROUP BY person_id
)

SELECT
  person_id AS unit_id,
  counted_on,
  CASE
    WHEN confiscated = 0 OR amount = 0 THEN 'none'
    WHEN amount_missing = 1 THEN 'unknown'
    WHEN amount < 10000 THEN 'under_10000'
    WHEN amount < 50000 THEN 'under_50000'
    ELSE 'from_50000'
  END AS confiscation
FROM judged
WHERE judgment = 1
