"""The enclave's side: the accepted extract, protected keys, wages, confidential tables, and the sealed release."""
