"""Which modules are on in this municipality. Off means silent."""
