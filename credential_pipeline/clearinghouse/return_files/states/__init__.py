"""What a state is told of its programs: who completed them, and the rates that decide on Workforce Pell, or why there is none.

Not here: how the rates are made (they are released by the enclave, which alone has wages) and the shape of a program (registry).
"""
