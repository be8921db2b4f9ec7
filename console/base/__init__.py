"""What every page needs: the current user, permissions, translations, URL converters."""
