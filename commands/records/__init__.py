"""Commands for records: roster, duty, users, exports, purge, surge, the call tree."""
