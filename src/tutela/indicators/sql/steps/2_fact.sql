-- Every event with the person it concerns. `happened_on` is the first day of what is known;
-- `exact_on` is null unless the day itself is known, so that no delay rests on a guess.
SELECT
  m.person_id,
  m.role,
  m.record_id,
  e.event_id,
  e.agency,
  e.event_type,
  CASE WHEN e.date_precision <> 'unknown' THEN e.date END AS happened_on,
  CASE WHEN e.date_precision = 'day' THEN e.date END AS exact_on,
  CASE WHEN e.form <> 'unknown' THEN e.form END AS form,
  CASE WHEN e.online <> 'unknown' THEN e.online END AS online,
  CASE
    WHEN t.territory IS NOT NULL THEN t.territory
    WHEN e.country IS NOT NULL AND e.country <> h.country THEN 'abroad'
  END AS territory,
  g.offence_group,
  g.offence_iccs,
  e.outcome,
  e.amount_eur,
  e.quantity,
  e.quantity_recorded,
  e.extraterritorial
FROM events AS e
INNER JOIN mention AS m ON m.record_id = e.record_id
CROSS JOIN home AS h
LEFT JOIN territory_of_place AS t ON t.place = e.place
LEFT JOIN offence_groups AS g ON g.offence = e.offence
