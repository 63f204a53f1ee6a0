"""Why a file is refused or a row is set aside: each code with a plain sentence and what the sender can do about it."""

from typing import Final

FILE_REASONS: Final[dict[str, str]] = {
    "E_EMPTY": "The file is empty. Send it again; a month without events is a header line alone.",
    "E_TOO_LARGE": "The file is larger than feed.max_megabytes of the YAML. Send it in parts or raise the limit.",
    "E_FORMAT": "The file is no .csv file. Send plain CSV; spreadsheets and archives are not opened.",
    "E_NOT_TEXT": "The file is a spreadsheet, an archive or a PDF named .csv. Export it as plain CSV.",
    "E_LINK": "The file is a link out of the inbox, or no regular file. Deliver the file itself.",
    "E_UNREADABLE": "The file cannot be read. Check its permissions and deliver it again.",
    "E_ENCODING": "The bytes are not in the encoding that the YAML declares. Correct feed.encoding or the export.",
    "E_DELIMITER": "The delimiter is not the one that the YAML declares. Correct feed.delimiter or the export.",
    "E_HEADER": "The first line is no header with every declared column. Add what is missing or correct the YAML.",
    "E_HEADER_DUPLICATE": "A column name stands twice in the header. Remove or rename one of the two.",
    "E_HEADER_UNKNOWN": "The header has a column that the YAML lacks. Map it under columns or list it under ignored.",
}
"""Codes of a refused delivery."""

ROW_REASONS: Final[dict[str, str]] = {
    "LINE_TOO_LONG": "The line is longer than 65,536 characters. Send one row per line.",
    "CONTROL_CHARACTER": "The line holds an invisible control character. Remove it at the source.",
    "BAD_QUOTING": "A quotation mark is not closed, not doubled or misplaced. Quote the whole value.",
    "REPEATED_HEADER": "The line repeats the header. Leave it out when files are joined.",
    "COLUMN_COUNT": "The line has more or fewer values than the header. Quote values that hold the delimiter.",
    "MISSING_RECORD_ID": "The row has no record id. Give every row its own lasting id.",
    "MISSING_LAST_NAME": "The row has no last name, or a placeholder such as UNKNOWN, and no first name either. Send the name.",
    "MISSING_CREDENTIAL_CODE": "The row has no credential code. Send the code.",
    "UNKNOWN_CREDENTIAL": "The credential code is not in the certifier's YAML. Correct the code or add the credential.",
    "MISSING_EVENT_DATE": "The row has no event date. Send the day of the event.",
    "UNREADABLE_EVENT_DATE": "The event date is not in the layout of the YAML, or its year is implausible. Send a full date.",
    "EVENT_DATE_IN_FUTURE": "The event date lies in the future. Send events after they happened.",
    "UNKNOWN_EVENT": "The event is none that the YAML maps. Correct the value or extend the map.",
    "UNKNOWN_RESULT": "The result is none that the YAML maps. Correct the value or extend the map.",
    "RECORD_ID_REUSED": "The record id stands on an earlier row with other content. Give a new row a new id.",
}
"""Codes of a quarantined row, in the order in which they are looked for; a row gets the first that applies."""

REASONS: Final[dict[str, str]] = {**FILE_REASONS, **ROW_REASONS}
"""Every code -> a plain sentence and the fix, for messages and report cards."""
