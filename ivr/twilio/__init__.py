"""All we know about Twilio: signatures, form fields, TwiML and the REST API."""
