"""What CONTRIBUTING says, carried out: each recipe with the file that it takes (files/)."""
