"""L2CAP: fixed channels up to sd_api_v3, connection-oriented ones from sd_api_v5 on."""
