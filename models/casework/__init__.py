"""What follows a talk: its result, referrals to partners, and follow-ups."""
