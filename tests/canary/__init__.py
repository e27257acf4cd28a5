"""No byte of one municipality in another: two towns with the same ids and numbers, told apart by one mark."""
