"""Why a file is refused or a row is set aside: each code with a plain sentence and what the sender can do about it."""

from typing import Final

from credential_pipeline.clearinghouse.raw_feeds.reading.faults import LONGEST_LINE

FILE_REASONS: Final[dict[str, str]] = {
    "E_EMPTY": "The file is empty. Send it again; a month without events is a header line alone.",
    "E_TOO_LARGE": "The file is larger than feed.max_megabytes of the YAML, packed or unpacked. Send it in parts or raise the limit.",
    "E_FORMAT": "The file's ending is none of the declared format. Send it in that format, or correct feed.format.",
    "E_NOT_TEXT": "The file is a spreadsheet, an archive or a PDF with the name of a text file. Export it as plain text.",
    "E_NAME": "The file's name holds bytes that are no UTF-8, or signs that cannot be printed. Rename the file.",
    "E_ARCHIVE": "The compressed file is damaged or cut off. Send it again.",
    "E_SPREADSHEET": "The spreadsheet is not opened, for what it holds or because it is damaged. Save the values as a plain .xlsx.",
    "E_SHEET": "The spreadsheet has not one sheet with rows, or none of the declared name. Set feed.sheet, or remove the others.",
    "E_BADGES": "The file holds no credential of Open Badges 3.0 or a learner record. Send its JSON.",
    "E_LINK": "The file is a link out of the inbox, or no regular file. Deliver the file itself.",
    "E_UNREADABLE": "The file cannot be read. Check its permissions and deliver it again.",
    "E_ENCODING": "The bytes are not in the encoding that the YAML declares. Correct feed.encoding or the export.",
    "E_DELIMITER": "The delimiter is not the one that the YAML declares. Correct feed.delimiter or the export.",
    "E_HEADER": "No line is a header with every declared column. Add what is missing or correct the YAML.",
    "E_HEADER_DUPLICATE": "A column name stands twice in the header. Remove or rename one of the two.",
    "E_HEADER_MOVED": "A second header within the file has another order of columns. Send the parts as files of their own.",
    "E_HEADER_UNKNOWN": "Columns without a name hold values. Name them, or remove them.",
}
"""Codes of a refused delivery."""

NOTICES: Final[dict[str, str]] = {
    "ENCODING": "The file is in another encoding than the one declared, which its bytes prove, or it was found out.",
    "SEPARATOR_LINE": "The first line names the separator and was passed over.",
    "HEADER_FOUND": "Lines before the header were passed over.",
    "HEADER_SPELLING": "Columns are written with other case, blanks or quotation marks than in the YAML.",
    "WITHOUT_HEADER": "The file has no line with the names of its columns; the YAML says where they stand.",
    "COLUMNS_UNKNOWN": "The file has columns that the YAML does not name. They were not read.",
    "COLUMNS_WITHOUT_NAME": "The header ends in, or holds, columns without a name. They are empty and were dropped.",
    "COLUMNS_ABSENT": "No row of the file holds these columns.",
    "ROWS_WITH_EMPTY_ENDS": "Rows end in separators behind which nothing stands. They were read without them.",
    "ROWS_WITHOUT_ENDS": "Rows lack columns at their end. They were read as empty.",
    "DECODED_TWICE": "Accents had been decoded wrongly before the file was sent. Restored where possible, set aside elsewhere. Correct the export.",
    "INVISIBLE_SIGNS": "Signs without a width, or blanks that are none, were removed or replaced.",
    "LOST_SIGNS": "Letters were lost before the file was sent; a replacement sign stands in their place.",
    "FORMULAS": "Cells hold formulas. The values that they had when the file was saved were read.",
    "LINE_ENDS_IN_CELLS": "Cells hold line ends. They were read as blanks.",
    "LONG_NUMBERS": "Numbers have more than fifteen digits, of which a spreadsheet has lost the last. Make ids text.",
    "NOT_VERIFIED": "Signed credentials were read without a look at their signatures.",
    "ONE_OF_SEVERAL": "Credentials hold several things in a place for one. The first was read.",
    "VANISHED": "The file is gone from the inbox and its rows stay in force. Withdraw it if they are not to count.",
    "REPLACES_UNKNOWN": "It takes the place of a delivery that has not come. Correct the name in the file beside it if it is misspelled.",
    "EVENTS_LONG_AGO": "Its events are years older than those of the sender's other deliveries. Ask whether the years are right.",
    "RELEASED": "The delivery was held and let through by a person. Nothing needs to be done.",
    "UNREADABLE_BIRTH_DATE": "Some birth dates are there and cannot be read; they count as missing. Send them in the layout of the YAML.",
    "CORRECTED": "A later delivery corrected some of its rows. Nothing needs to be done.",
}
"""Codes of what was mended, or passed over, in a file that was read."""

OVERLOOKED: Final[dict[str, str]] = {
    "JUNK": "Left behind by a file manager or an office program. Remove it.",
    "HIDDEN": "Hidden files are not read. Rename it if it is a delivery.",
    "UNFINISHED": "An upload that is not finished. Wait, or remove it.",
    "WRONG_PLACE": "Files belong into the folder of their certifier. Move it there.",
    "UNKNOWN_CERTIFIER": "The industry has no certifier of this name. Rename the folder, or add the certifier.",
    "SUBFOLDER": "Folders within a certifier's folder are not read. Move the files up.",
}
"""Codes of what lies in an inbox and is no delivery."""

ROW_REASONS: Final[dict[str, str]] = {
    "LINE_TOO_LONG": f"The line is longer than {LONGEST_LINE:,} characters. Send one row per line.",
    "CONTROL_CHARACTER": "The line holds an invisible control character. Remove it at the source.",
    "DECODED_TWICE": "Accents were decoded wrongly before the file was sent, and not all can be restored. Correct the export.",
    "BAD_QUOTING": "A quotation mark is not closed, not doubled or misplaced. Quote the whole value.",
    "REPEATED_HEADER": "The line repeats the header. Leave it out when files are joined.",
    "COLUMN_COUNT": "The line has more or fewer values than the header. Quote values that hold the delimiter.",
    "MISSING_RECORD_ID": "The row has no record id. Give every row its own lasting id.",
    "MISSING_LAST_NAME": "The row has no last name, or a placeholder such as UNKNOWN, and no first name either. Send the name.",
    "MISSING_CREDENTIAL_CODE": "The row has no credential code. Send the code.",
    "UNKNOWN_CREDENTIAL": "The credential code is not in the certifier's YAML. Correct the code or add the credential.",
    "MISSING_EVENT_DATE": "The row has no event date. Send the day of the event.",
    "EVENT_DATE_DAY_FIRST": "The event date has the day before the month, unlike the layout of the YAML. Correct the one or the other.",
    "EVENT_DATE_MONTH_FIRST": "The event date has the month before the day, unlike the layout of the YAML. Correct the one or the other.",
    "EVENT_DATE_HAS_TIME": "A time of day stands behind the event date. Send the day alone, or put the time into the layout.",
    "EVENT_DATE_SPREADSHEET_NUMBER": "The event date is a spreadsheet's number of a day. Format the column as a date before export.",
    "EVENT_DATE_TWO_DIGIT_YEAR": "The event date has a year of two digits, which is never guessed. Send four digits.",
    "UNREADABLE_EVENT_DATE": "The event date is not in the layout of the YAML, or its year is implausible. Send a full date.",
    "EVENT_DATE_IN_FUTURE": "The event date lies in the future. Send events after they happened.",
    "UNKNOWN_EVENT": "The event is none that the YAML maps. Correct the value or extend the map.",
    "UNKNOWN_RESULT": "The result is none that the YAML maps. Correct the value or extend the map.",
    "RECORD_ID_REUSED": "The record id stands on an earlier row of somebody or something else. Give a new row a new id.",
    "RECORD_ID_CONFLICT": "Two files that came together give the record id other contents, and nothing says which is later. Write "
    "`sequence: 2` into <file>.delivery.yml beside the later one, or declare deliveries.sequence in the YAML, and run again.",
}
"""Codes of a quarantined row, in the order in which they are looked for; a row gets the first that applies."""

HOLD_REASONS: Final[dict[str, str]] = {
    "STILL_GROWING": "The file was still being written when it was read. It is read again at the next run.",
    "ROWS_WITHDRAWN": "Its rows were withdrawn with another delivery. Release it if they are to count again, else withdraw it, too.",
    "NOT_ENDED": "The file does not end in a line end, so it may be cut off. Deliver it whole, or release it.",
    "SIDECAR_UNREADABLE": "The file beside the delivery cannot be read. Write sequence, replaces, rows or sha256 into it.",
    "NO_MANIFEST": "The YAML asks for a .delivery.yml or .sha256 beside the file. Deliver it, or release the file.",
    "NO_SEQUENCE": "The YAML asks for a number of each delivery, and this one has none. Rename it, or write it beside the file.",
    "HASH_DIFFERS": "The bytes are others than their sender says. Deliver the file again.",
    "ROW_COUNT_DIFFERS": "There are more or fewer rows than their sender says. Deliver the file again.",
    "TRAILER_DIFFERS": "The last line does not say as many rows as came. Deliver the file again.",
    "ROWS_UNREADABLE": "Most rows cannot be used, so the layout has changed. Mend the export or the YAML.",
    "RECORD_IDS_TAKEN": "Most record ids stand on earlier rows of somebody or something else. Ask for ids that last, or derive them in the YAML.",
    "ROWS_KNOWN": "Most rows are those of other deliveries under other record ids. Withdraw it, or release it if they are other events.",
    "ROWS_LOST": "It takes the place of another delivery and lacks many of its rows. Deliver it whole, or release it.",
    "TOO_FEW_ROWS": "There are far fewer rows than usual. Ask the sender whether it is whole, then release it: as many are usual from then on.",
    "TOO_MANY_ROWS": "There are far more rows than usual. Ask the sender whether it is right, then release it: as many are usual from then on.",
    "DATES_IN_OTHER_ORDER": "Day and month stand the other way round than in the YAML. Mend the export or the YAML.",
    "BIRTH_DATES_UNREADABLE": "Birth dates are there and cannot be read. Mend the export or the YAML.",
    "FIELD_UNREADABLE": "A field is filled and cannot be read as before. Mend the export or the YAML.",
    "FIELD_LOST": "A field is empty in many rows more than in the sender's other deliveries. Ask the sender for it.",
    "NAMES_REVERSED": "First and last names stand in each other's place, by the sender's other deliveries. Mend the export.",
    "EVENTS_OF_ONE_DAY": "Most events are of one day, unlike in the sender's other deliveries. Ask the sender; release it if that is right.",
    "BLOCK_MARKS_LOST": "The marks that say 'do not share' are missing. Ask the sender for them; release it only if nobody asked.",
}
"""Codes of a delivery that waits until it is mended, released or withdrawn; its rows have the code, too."""

AWAY_REASONS: Final[dict[str, str]] = {
    "REPLACED": "A later delivery took the place of this one. Nothing needs to be done.",
    "WITHDRAWN": "The delivery was withdrawn. Deliver other bytes if its rows are to count.",
    "REMOVED": "The file was taken out of the inbox before it counted. Deliver it again if its rows are to count.",
}
"""Codes of a delivery that counts no longer; its rows have the code, too."""


REASONS: Final[dict[str, str]] = {**FILE_REASONS, **ROW_REASONS, **HOLD_REASONS, **AWAY_REASONS, **NOTICES}
"""Every code -> a plain sentence and the fix, for messages and report cards."""
