"""What a certifier hears of the rows that it sent: a page and a file for each month, safe to e-mail.

A card holds counts, codes, line numbers and the sender's own record ids, and no name of a person. Not here: what a partner is told of
its people under an agreement (return_files), and the reasons themselves (raw_feeds).
"""
