"""What do a seller's files say? Whatever layout they are in, rows of the tables; and what keeps a row out.

for source in detect("exports/"):
    for batch in parse(source, ParseContext(salt), staging=folder): ...
"""

from tradewind.data.intake.detect import Detected, Part, Source, detect
from tradewind.data.intake.fixes import write_fixes
from tradewind.data.intake.parse import Batch, ParseContext, parse
from tradewind.data.intake.templates import write_templates

__all__ = ["Batch", "Detected", "ParseContext", "Part", "Source", "detect", "parse", "write_fixes", "write_templates"]
