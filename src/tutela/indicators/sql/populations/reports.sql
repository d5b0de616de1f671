-- One row per report: the rows of one report share its record or its matter.
WITH report AS (
  SELECT
    agency || ':' || COALESCE(record_id, matter, event_id) AS unit_id,
    event_type,
    CASE WHEN date_precision <> 'unknown' THEN date END AS happened_on,
    CASE WHEN date_precision = 'day' THEN date END AS exact_on,
    CASE WHEN form <> 'unknown' THEN form END AS form,
    CASE WHEN channel <> 'unknown' THEN channel END AS channel
  FROM events
  WHERE event_type IN ('report', 'forwarded', 'acknowledged')
),

by_report AS (
  SELECT
    unit_id,
    MIN(CASE WHEN event_type = 'report' THEN happened_on END) AS counted_on,
    MIN(channel) AS channel,
    MIN(form) AS first_form,
    MAX(form) AS last_form,
    MAX(CASE WHEN event_type = 'report' THEN 1 ELSE 0 END) AS received,
    MAX(CASE WHEN event_type = 'forwarded' THEN 1 ELSE 0 END) AS forwarded,
    MAX(CASE WHEN event_type = 'acknowledged' THEN 1 ELSE 0 END) AS acknowledged,
    MIN(CASE WHEN event_type = 'forwarded' THEN exact_on END) AS forwarded_on,
    MIN(CASE WHEN event_type = 'acknowledged' THEN exact_on END) AS acknowledged_on
  FROM report
  GROUP BY unit_id
),

timed AS (
  SELECT *, DATE_DIFF('day', forwarded_on, acknowledged_on) AS days FROM by_report
)

SELECT
  unit_id,
  counted_on,
  COALESCE(channel, 'unknown') AS channel,
  CASE
    WHEN first_form IS NULL THEN 'unknown'
    WHEN first_form <> last_form THEN 'several'
    -- Counted by an indicator of its own; here it would repeat those cells.
    WHEN first_form = 'sectt' THEN 'other'
    ELSE first_form
  END AS report_form,
  CASE
    WHEN forwarded = 0 AND acknowledged = 0 THEN 'not_forwarded'
    WHEN acknowledged = 0 THEN 'not_acknowledged'
    WHEN days IS NULL OR days < 0 THEN 'ack_unknown'
    WHEN days <= 1 THEN 'ack_1'
    WHEN days <= 7 THEN 'ack_7'
    WHEN days <= 30 THEN 'ack_30'
    ELSE 'ack_late'
  END AS handling
FROM timed
WHERE received = 1
