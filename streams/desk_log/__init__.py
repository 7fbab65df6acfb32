"""The desk log: what people did about an incident, as append-only actions, and the state that follows from them."""
