"""Expedientes: apertura, foliación, derivación, informes, proyectos, firma y archivo."""
