# NO SE CONSTRUYÓ NI SE PROBÓ: donde se hizo Llaqta no hay con qué. Es el mismo mando dentro de una imagen.
FROM debian:12-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home llaqta \
    && install -d -o llaqta /datos
COPY --chown=llaqta . /opt/llaqta
USER llaqta
# «ayuda» crea .venv e instala las dependencias al construir la imagen, no al encenderla.
RUN /opt/llaqta/llaqta ayuda
ENV LLAQTA_DATA=/datos
VOLUME /datos
EXPOSE 8000
CMD ["/opt/llaqta/llaqta", "up", "--host", "0.0.0.0"]
