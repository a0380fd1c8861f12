"""What a contributor would add: one file per recipe of CONTRIBUTING, as it would lie in its package."""
