"""Demostración: la Municipalidad de Pichari con personas ficticias, hecha con los mismos servicios que usa la gente."""
