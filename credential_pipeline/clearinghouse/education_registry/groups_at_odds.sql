-- Groups in which two contradict one another, by way of a third who knows less: person.
SELECT person FROM {groups} JOIN {facts} USING (record)
GROUP BY person
HAVING min(birth_ymd) <> max(birth_ymd) OR min(sex) <> max(sex) OR min(name_suffix) <> max(name_suffix)
    OR min(ssn_last4) <> max(ssn_last4) OR min(left(middle_name, 1)) <> max(left(middle_name, 1))
