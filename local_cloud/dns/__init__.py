"""Route 53's authoritative name servers: the hosted zones deployed here, answered over UDP and TCP.

`records` reads the zones, `routing` chooses among records by policy and health, `nameserver` answers a question,
`server` speaks DNS, `client` asks the way a resolver does.
"""
