"""Users of the server: signing in, API tokens, preferences and quota.

The models are in `accounts.models`, the identity of a request in
`accounts.authentication`; Django loads the models, so nothing is re-exported here.
"""
