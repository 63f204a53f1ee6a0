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
    "RECORD_ID_REUSED": "The record id stands on an earlier row of somebody or something else. Give a new row a new id.",
    "RECORD_ID_CONFLICT": "Two files that came together give the record id other contents. Say which replaces the other.",
}
"""Codes of a quarantined row, in the order in which they are looked for; a row gets the first that applies."""

HOLD_REASONS: Final[dict[str, str]] = {
    "STILL_GROWING": "The file was still being written when it was read. It is read again at the next run.",
    "NOT_ENDED": "The file does not end in a line end, so it may be cut off. Deliver it whole, or release it.",
    "SIDECAR_UNREADABLE": "The file beside the delivery cannot be read. Write sequence, replaces, rows or sha256 into it.",
    "NO_MANIFEST": "The YAML asks for a .delivery.yml or .sha256 beside the file. Deliver it, or release the file.",
    "NO_SEQUENCE": "The YAML asks for a number of each delivery, and this one has none. Rename it, or write it beside the file.",
    "HASH_DIFFERS": "The bytes are others than their sender says. Deliver the file again.",
    "ROW_COUNT_DIFFERS": "There are more or fewer rows than their sender says. Deliver the file again.",
    "TRAILER_DIFFERS": "The last line does not say as many rows as came. Deliver the file again.",
    "ROWS_UNREADABLE": "Most rows cannot be used, so the layout has changed. Mend the export or the YAML.",
    "ROWS_LOST": "It takes the place of another delivery and lacks many of its rows. Deliver it whole, or release it.",
    "TOO_FEW_ROWS": "There are far fewer rows than usual. Ask the sender whether it is whole, then release it.",
    "TOO_MANY_ROWS": "There are far more rows than usual. Ask the sender whether it is right, then release it.",
}
"""Codes of a delivery that waits until it is mended, released or withdrawn; its rows have the code, too."""

AWAY_REASONS: Final[dict[str, str]] = {
    "REPLACED": "A later delivery took the place of this one. Nothing needs to be done.",
    "WITHDRAWN": "The delivery was withdrawn. Deliver other bytes if its rows are to count.",
    "REMOVED": "The file was taken out of the inbox before it counted. Deliver it again if its rows are to count.",
}
"""Codes of a delivery that counts no longer; its rows have the code, too."""

NOTICES: Final[dict[str, str]] = {
    "VANISHED": "The file is gone from the inbox and its rows stay in force. Withdraw it if they are not to count.",
    "RELEASED": "The delivery was held and let through by a person. Nothing needs to be done.",
    "CORRECTED": "A later delivery corrected some of its rows. Nothing needs to be done.",
}
"""Codes of what is worth knowing of a delivery that counts."""

REASONS: Final[dict[str, str]] = {**FILE_REASONS, **ROW_REASONS, **HOLD_REASONS, **AWAY_REASONS, **NOTICES}
"""Every code -> a plain sentence and the fix, for messages and report cards."""
