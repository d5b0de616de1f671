-- One row per report in which exploitation in travel and tourism is one of the forms.
SELECT
  e.agency || ':' || COALESCE(e.record_id, e.matter, e.event_id) AS unit_id,
  MIN(CASE WHEN e.date_precision <> 'unknown' THEN e.date END) AS counted_on,
  CASE
    WHEN MIN(e.country) IS NULL AND MIN(e.place) IS NULL THEN 'unknown'
    WHEN MAX(CASE WHEN e.country <> h.country THEN 1 ELSE 0 END) = 1 THEN 'abroad'
    ELSE 'belgium'
  END AS place_of_facts
FROM events AS e
CROSS JOIN home AS h
WHERE e.event_type = 'report' AND ARRAY_CONTAINS(e.forms, 'sectt')
GROUP BY e.agency || ':' || COALESCE(e.record_id, e.matter, e.event_id)
