"""Notices by another way than the carrier: e-mail, Apprise, browsers, and outgoing webhooks."""
