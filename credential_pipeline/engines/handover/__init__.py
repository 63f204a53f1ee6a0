"""Sealed packages: the only way from one side to the next, with one code for the sender and the recipient.

`keys` makes and loads the keys of a link, `manifest` says what a package holds, `package` seals and verifies,
`delivery` carries, `opening` decrypts, `receive` loads. Not here: what may be in a package (the hop that builds it) and
when it is sent (the caller).
"""
