"""The Common group's packets: enabling the stack, configuration, options, vendor UUIDs, user memory."""
