"""What every page needs: routes, the current user, permissions, translations, URL converters."""
