"""That nothing is lost, read or changed unseen: what the vault and the ledger do, proven."""
