"""TwiML documents: read, checked by the rules, and the steps they lead to."""
