"""The tags by which ledgers are found."""

from typing import Final

__all__ = ["LEDGER_TAG", "RESTORE_TEST_LEDGER"]

LEDGER_TAG: Final = "constructs_lib:ledger"
"""Its value says whose ledger it is."""
RESTORE_TEST_LEDGER: Final = "restore-test"
