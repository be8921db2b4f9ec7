"""The database, the vault that seals personal data, and what every table shares."""
