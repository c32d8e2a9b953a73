"""Where programs look for the modules of the native driver; an import finder supplies them."""
