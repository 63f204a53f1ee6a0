-- What of an institution stands in enrollments alone.
SELECT opeid, min(institution_state) AS state, min(sector) AS sector FROM education_registry.enrollments GROUP BY opeid
