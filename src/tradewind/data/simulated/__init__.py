"""What would a whole seller look like, of whom everything is known, the truth behind the numbers included?

`write_seller("demo", scale="small", seed=7)` writes files in Tradewind's own layout, the truth beside them;
`scenario="port_closure"` (see SCENARIOS) disturbs his world a few weeks before the end.
"""

from tradewind.data.simulated.scenarios import SCENARIOS
from tradewind.data.simulated.seller import SellerFiles, write_seller

__all__ = ["SCENARIOS", "SellerFiles", "write_seller"]
