"""How packets are declared: message base, construct blocks that mirror the packet tables, shared structures."""
