-- Of every group: main employers, and the share of people or of wages of the largest.
WITH shares AS (
    SELECT g.certifier, g.credential, g.setting, p.employer_id, count(DISTINCT p.pid) AS people, sum(p.cents) AS cents
    FROM {groups} AS g JOIN {paid} AS p USING (pid, nth) GROUP BY ALL
), sizes AS (
    SELECT g.certifier, g.credential, g.setting, count(DISTINCT p.pid) AS people
    FROM {groups} AS g JOIN {paid} AS p USING (pid, nth) GROUP BY ALL
)
SELECT s.certifier, s.credential, s.setting, count(*) AS employers,
       greatest(max(s.people) / any_value(z.people), max(s.cents) / sum(s.cents)) AS largest_employer
FROM shares AS s JOIN sizes AS z USING (certifier, credential, setting)
GROUP BY ALL
