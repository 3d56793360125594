"""The chaos run: orders and files under injected faults, and a ledger that says what became of each of them.

`plan` says what will happen, from a seed: `orders` and `files` are the traffic, `rules` and `poison` what goes wrong.
`site` is what is deployed, `traffic` sends, `outages` and `workers` break what no rule of the local cloud can, `watch`
sees which queues had letters and which alarms rang, `settling` lets the clocks and the redrive do their work. `facts`
reads what is there in the end, `claims` says what has to hold, `ledger` puts each event with its outcome, `report`
shows it, `run` does all of it in order.
"""
