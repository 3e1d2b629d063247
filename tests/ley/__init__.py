"""La ley, afirmación por afirmación, y un oráculo de plazos escrito aparte."""
