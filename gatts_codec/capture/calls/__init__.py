"""From packets to calls: deliveries, responses, requests of peers, and picking among them."""
