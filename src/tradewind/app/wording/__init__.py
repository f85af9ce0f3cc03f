"""How does a result read? Sentences, tables and charts of each result, in a language; no figure is made here."""
