"""Files: lines of any size, files that grow, two recordings as one, output that is whole or absent."""
