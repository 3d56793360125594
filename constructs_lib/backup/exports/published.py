"""The metrics that the handler of exports publishes, in the namespace of backups."""

from typing import Final

__all__ = [
    "AGE_OF_EXPORTED_DATA",
    "CHAINS_BROKEN",
    "EXPORTED_BYTES",
    "EXPORTED_ITEMS",
    "EXPORTS_FAILED",
    "EXPORT_DURATION",
]

AGE_OF_EXPORTED_DATA: Final = "AgeOfExportedData"
EXPORTS_FAILED: Final = "ExportsFailed"
CHAINS_BROKEN: Final = "ChainsBroken"
EXPORT_DURATION: Final = "ExportDuration"
EXPORTED_ITEMS: Final = "ExportedItems"
EXPORTED_BYTES: Final = "ExportedBytes"
