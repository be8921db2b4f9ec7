"""People, partners and roster imports."""
