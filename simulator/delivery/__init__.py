"""Webhooks to the hotline: signed, sent, and subject to injected faults."""
