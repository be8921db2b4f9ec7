"""Commands on records: roster, duty, users, exports, purge, surge, the call tree."""
