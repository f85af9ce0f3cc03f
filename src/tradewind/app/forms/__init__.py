"""Which sheets does a person fill in? A consignment, an eligibility sheet, a freight card, the shop profile."""
