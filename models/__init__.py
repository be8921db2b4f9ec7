"""Everything the hotline stores: tables, named queries, and the transaction around them."""
