"""What would a whole seller look like, of whom everything is known, the truth behind the numbers included?

`write_seller("demo", scale="small", seed=7)` writes files in Tradewind's own layout, the truth beside them.
"""

from tradewind.data.simulated.seller import SellerFiles, write_seller

__all__ = ["SellerFiles", "write_seller"]
