-- One row per victim who claimed financial aid. An award without an amount makes the sum unknown.
WITH claims AS (
  SELECT
    person_id,
    MIN(CASE WHEN event_type = 'aid_claimed' THEN happened_on END) AS claimed_on,
    MIN(happened_on) AS counted_on,
    MAX(CASE WHEN event_type = 'aid_awarded' THEN 1 ELSE 0 END) AS awarded,
    MAX(CASE WHEN event_type = 'aid_paid' THEN 1 ELSE 0 END) AS paid,
    MAX(
      CASE WHEN event_type = 'aid_awarded' AND amount_eur IS NULL THEN 1 ELSE 0 END
    ) AS amount_missing,
    SUM(CASE WHEN event_type = 'aid_awarded' THEN amount_eur END) AS amount
  FROM fact
  WHERE role = 'victim' AND event_type IN ('aid_claimed', 'aid_awarded', 'aid_paid')
  GROUP BY person_id
)

SELECT
  c.person_id AS unit_id,
  COALESCE(c.claimed_on, c.counted_on) AS counted_on,
  CASE
    WHEN c.awarded = 0 THEN 'not_awarded'
    WHEN c.amount_missing = 1 OR c.amount IS NULL THEN 'awarded_unknown'
    WHEN c.amount < 5000 THEN 'under_5000'
    WHEN c.amount < 15000 THEN 'under_15000'
    ELSE 'from_15000'
  END AS aid,
  CASE WHEN c.paid = 1 THEN 'paid' ELSE 'not_paid' END AS aid_paid
FROM claims AS c
INNER JOIN person AS p ON p.person_id = c.person_id
WHERE p.was_child
