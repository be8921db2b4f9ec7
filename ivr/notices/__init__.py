"""Notices by another way than the carrier: e-mail, what Apprise speaks, browsers, and outgoing webhooks."""
