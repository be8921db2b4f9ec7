"""Everything specific to Twilio: signatures, form fields, TwiML and the REST API."""
