"""The ledger: plain SQL in functions of a few lines; none of them commits."""
