-- Of every group: main employers, and the part of the largest. People may stand in a group several times and count once.
WITH shares AS (
    SELECT g.certifier, g.credential, g.setting, p.employer_id, count(DISTINCT p.pid) AS people, sum(p.cents) AS cents
    FROM {groups} AS g JOIN {paid} AS p USING (pid, nth) GROUP BY ALL
), sizes AS (
    SELECT g.certifier, g.credential, g.setting, count(DISTINCT p.pid) AS people
    FROM {groups} AS g JOIN {paid} AS p USING (pid, nth) GROUP BY ALL
)
SELECT s.certifier, s.credential, s.setting, count(*) AS employers,
       largest_part(s.people, any_value(z.people), s.cents) AS largest_employer
FROM shares AS s JOIN sizes AS z USING (certifier, credential, setting)
GROUP BY ALL
