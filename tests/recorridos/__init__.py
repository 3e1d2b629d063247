"""Los recorridos: una persona, un navegador y la casa entera encendida."""
