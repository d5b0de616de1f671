-- One row per person, with one value per attribute. What sources state differently is settled by
-- rules that do not depend on the order of rows: the value stated most often, the lowest code among
-- equals; ages from the earliest source that knows them; a form only where all sources agree.
WITH first_record AS (
  SELECT person_id, first_on, agency
  FROM (
    SELECT
      person_id, first_on, agency,
      ROW_NUMBER() OVER (
        PARTITION BY person_id ORDER BY first_on ASC NULLS LAST, agency ASC, record_id ASC
      ) AS place
    FROM start
  ) AS ranked
  WHERE place = 1
),

first_age AS (
  SELECT person_id, age_at_identification
  FROM (
    SELECT
      person_id, age_at_identification,
      ROW_NUMBER() OVER (
        PARTITION BY person_id ORDER BY first_on ASC NULLS LAST, record_id ASC
      ) AS place
    FROM start
    WHERE age_at_identification IS NOT NULL
  ) AS ranked
  WHERE place = 1
),

facts_age AS (
  SELECT person_id, age_at_facts
  FROM (
    SELECT
      person_id, age_at_facts,
      ROW_NUMBER() OVER (
        PARTITION BY person_id
        ORDER BY facts_on ASC NULLS LAST, first_on ASC NULLS LAST, record_id ASC
      ) AS place
    FROM start
    WHERE age_at_facts IS NOT NULL
  ) AS ranked
  WHERE place = 1
),

sexes AS (
  SELECT person_id, sex
  FROM (
    SELECT
      person_id, sex,
      ROW_NUMBER() OVER (PARTITION BY person_id ORDER BY stated DESC, sex ASC) AS place
    FROM (
      SELECT person_id, sex, COUNT(*) AS stated
      FROM mention
      WHERE sex <> 'unknown'
      GROUP BY person_id, sex
    ) AS votes
  ) AS ranked
  WHERE place = 1
),

citizenships AS (
  SELECT person_id, citizenship_group
  FROM (
    SELECT
      person_id, citizenship_group,
      ROW_NUMBER() OVER (
        PARTITION BY person_id ORDER BY stated DESC, citizenship_group ASC
      ) AS place
    FROM (
      SELECT s.person_id, g.citizenship_group, COUNT(*) AS stated
      FROM start AS s
      INNER JOIN citizenship_groups AS g
        ON g.country = s.citizenship
        AND COALESCE(s.first_on, CAST('2999-01-01' AS DATE)) >= g.valid_from
        AND COALESCE(s.first_on, CAST('2999-01-01' AS DATE)) < g.valid_to
      GROUP BY s.person_id, g.citizenship_group
    ) AS votes
  ) AS ranked
  WHERE place = 1
),

territories AS (
  SELECT person_id, territory
  FROM (
    SELECT
      person_id, territory,
      ROW_NUMBER() OVER (PARTITION BY person_id ORDER BY stated DESC, territory ASC) AS place
    FROM (
      SELECT person_id, territory, COUNT(DISTINCT record_id) AS stated
      FROM fact
      WHERE territory IS NOT NULL
      GROUP BY person_id, territory
    ) AS votes
  ) AS ranked
  WHERE place = 1
),

facts AS (
  SELECT
    person_id,
    MIN(form) AS first_form,
    MAX(form) AS last_form,
    MIN(online) AS first_online,
    MAX(online) AS last_online,
    MIN(offence_group) AS first_offence_group,
    MAX(offence_group) AS last_offence_group,
    MIN(offence_iccs) AS first_offence_iccs,
    MAX(offence_iccs) AS last_offence_iccs,
    MAX(CASE extraterritorial WHEN 'yes' THEN 2 WHEN 'no' THEN 1 ELSE 0 END) AS abroad
  FROM fact
  GROUP BY person_id
),

records_of AS (
  SELECT
    person_id,
    MIN(role) AS role,
    MIN(age_at_facts) AS youngest,
    MIN(facts_on) AS facts_on,
    MAX(CASE risk_disability WHEN 'yes' THEN 2 WHEN 'no' THEN 1 ELSE 0 END) AS disability,
    MAX(CASE risk_street WHEN 'yes' THEN 2 WHEN 'no' THEN 1 ELSE 0 END) AS street,
    MAX(CASE risk_runaway WHEN 'yes' THEN 2 WHEN 'no' THEN 1 ELSE 0 END) AS runaway,
    MAX(CASE risk_care WHEN 'yes' THEN 2 WHEN 'no' THEN 1 ELSE 0 END) AS care,
    MAX(CASE risk_migration WHEN 'yes' THEN 2 WHEN 'no' THEN 1 ELSE 0 END) AS migration,
    MAX(CASE risk_poverty WHEN 'yes' THEN 2 WHEN 'no' THEN 1 ELSE 0 END) AS poverty,
    MAX(CASE risk_conflict_with_law WHEN 'yes' THEN 2 WHEN 'no' THEN 1 ELSE 0 END) AS conflict
  FROM mention
  GROUP BY person_id
)

SELECT
  p.person_id,
  p.role,
  -- In doubt a person is a child: only one whom every source that knows the age calls an adult
  -- at the time of the facts is none.
  COALESCE(p.youngest, 0) < 18 AS was_child,
  p.facts_on,
  r.first_on,
  r.agency AS body,
  COALESCE(s.sex, 'unknown') AS sex,
  COALESCE(c.citizenship_group, 'UNKNOWN') AS citizenship_group,
  COALESCE(t.territory, 'unknown') AS territory,
  COALESCE(af.band, 'unknown') AS age_facts,
  CASE
    WHEN fa.age_at_identification >= 18 THEN '18+' ELSE COALESCE(ai.band, 'unknown')
  END AS age_identification,
  COALESCE(sa.band, 'unknown') AS suspect_age,
  CASE
    WHEN f.first_form IS NULL THEN 'unknown'
    WHEN f.first_form = f.last_form THEN f.first_form
    ELSE 'several'
  END AS form,
  CASE
    WHEN f.first_online IS NULL THEN 'unknown'
    WHEN f.first_online = f.last_online THEN f.first_online
    ELSE 'both'
  END AS online,
  CASE
    WHEN f.first_offence_group IS NULL THEN 'unknown'
    WHEN f.first_offence_group = f.last_offence_group THEN f.first_offence_group
    ELSE 'several'
  END AS offence_group,
  CASE
    WHEN f.first_offence_iccs IS NULL THEN 'unknown'
    WHEN f.first_offence_iccs = f.last_offence_iccs THEN f.first_offence_iccs
    ELSE 'several'
  END AS offence_iccs,
  CASE f.abroad WHEN 2 THEN 'yes' WHEN 1 THEN 'no' ELSE 'unknown' END AS extraterritorial,
  CASE p.disability WHEN 2 THEN 'yes' WHEN 1 THEN 'no' ELSE 'unknown' END AS risk_disability,
  CASE p.street WHEN 2 THEN 'yes' WHEN 1 THEN 'no' ELSE 'unknown' END AS risk_street,
  CASE p.runaway WHEN 2 THEN 'yes' WHEN 1 THEN 'no' ELSE 'unknown' END AS risk_runaway,
  CASE p.care WHEN 2 THEN 'yes' WHEN 1 THEN 'no' ELSE 'unknown' END AS risk_care,
  CASE p.migration WHEN 2 THEN 'yes' WHEN 1 THEN 'no' ELSE 'unknown' END AS risk_migration,
  CASE p.poverty WHEN 2 THEN 'yes' WHEN 1 THEN 'no' ELSE 'unknown' END AS risk_poverty,
  CASE p.conflict WHEN 2 THEN 'yes' WHEN 1 THEN 'no' ELSE 'unknown' END AS risk_conflict_with_law
FROM records_of AS p
INNER JOIN first_record AS r ON r.person_id = p.person_id
LEFT JOIN first_age AS fa ON fa.person_id = p.person_id
LEFT JOIN facts_age AS ga ON ga.person_id = p.person_id
LEFT JOIN age_bands AS af ON af.age = ga.age_at_facts
LEFT JOIN age_bands AS ai ON ai.age = fa.age_at_identification
LEFT JOIN suspect_age_bands AS sa ON sa.age = ga.age_at_facts
LEFT JOIN sexes AS s ON s.person_id = p.person_id
LEFT JOIN citizenships AS c ON c.person_id = p.person_id
LEFT JOIN territories AS t ON t.person_id = p.person_id
LEFT JOIN facts AS f ON f.person_id = p.person_id
