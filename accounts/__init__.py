"""Who signs in, at which school, in which role; and what every room above needs: the wall, the seals, the doors."""
