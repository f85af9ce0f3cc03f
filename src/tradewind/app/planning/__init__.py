"""How is a plan made? Facts are gathered once, then observed, predicted, valued, decided, accounted and acted upon."""
