"""Webhooks on their way to the hotline: signed, sent, and subject to the faults asked for."""
