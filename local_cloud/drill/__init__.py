"""The drill: two Regions behind one name, steady traffic, and a primary that is broken in several ways.

`client` and `traffic` are the users, `faults` is what goes wrong, `site` is what is deployed, `watch` is who is told;
`attempts`, `figures` and `evidence` measure what users saw, `checks` says what has to hold; `report`, `chart` and
`checklist` show it.
"""
