-- Academic years begin in August and are told by the year in which they do. What the text beside the files says (about.py) is this.
CREATE OR REPLACE TEMP MACRO academic_year_of(day) AS year(day - INTERVAL 7 MONTH);
CREATE OR REPLACE TEMP MACRO academic_year_name(first_year) AS format('{:d}-{:02d}', first_year, (first_year + 1) % 100);
CREATE OR REPLACE TEMP MACRO academic_term_of(day) AS
    CASE WHEN month(day) BETWEEN 8 AND 11 THEN 'FALL' WHEN month(day) = 12 THEN 'WINTER'
         WHEN month(day) <= 5 THEN 'SPRING' ELSE 'SUMMER' END;
