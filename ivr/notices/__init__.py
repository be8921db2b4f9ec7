"""Notices by other ways than the carrier: e-mail, Apprise, browsers, and outgoing webhooks."""
