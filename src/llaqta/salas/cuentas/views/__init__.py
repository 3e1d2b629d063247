"""Pantallas de las cuentas: la propia (``cuenta``) y las de quien administra (``administracion``)."""
