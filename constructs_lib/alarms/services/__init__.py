"""The alarms of each service beside Lambda: a table, what it watches, its settings and its construct."""
