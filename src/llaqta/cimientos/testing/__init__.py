"""Lo que las pruebas, los recorridos y la demostración comparten. Aquí nada se simula: todo es de verdad."""
