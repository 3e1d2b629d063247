"""Lo que las pruebas de cualquier sala necesitan de la firma; el programa no lo carga."""
