"""When will it arrive, if it arrives at all? Odds of transit time per service and lane, and of being late.

model = fit_transit(parcels, events, as_of=monday); lanes = model.predict(shipments)
"""

from tradewind.engine.transit.fit import fit_transit
from tradewind.engine.transit.model import TransitModel
from tradewind.engine.transit.params import TransitParams

__all__ = ["TransitModel", "TransitParams", "fit_transit"]
