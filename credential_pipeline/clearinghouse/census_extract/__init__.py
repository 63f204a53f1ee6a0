"""The legally limited file for the enclave, its sealed package and the record of its disclosure.

Directory information (34 CFR 99.3) and credentials only; no SSN, student id or e-mail address, nobody who is blocked.
`build` makes the tables, `hand_over` seals and sends them, `disclosure_record` keeps the books. Not here: linkage.
"""
