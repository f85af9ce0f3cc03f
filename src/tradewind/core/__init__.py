"""The vocabulary: tables, odds, scenarios, money, weeks, dated values, errors, sentences.

Everything above speaks in these terms; core imports nothing of the rest of Tradewind.
"""
