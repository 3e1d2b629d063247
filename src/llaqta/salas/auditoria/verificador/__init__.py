"""El verificador de un solo archivo: se descarga y corre fuera de Llaqta, en la máquina de quien no le cree a nadie."""
