-- The lines of a file, numbered from 1, each as its fields.
WITH listed AS (SELECT string_split($text, chr(10)) AS lines)
SELECT unnest(range(1, len(lines) + 1))::INTEGER AS line, string_split(unnest(lines), chr(9)) AS fields FROM listed
