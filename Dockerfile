# Packages the archive that `./kinglet dist` makes:
#   ./kinglet dist && docker build -t kinglet .
#   docker run -p 7181:7181 -v kinglet-data:/data kinglet
FROM eclipse-temurin:25-jre AS unpack
ARG ARCHIVE=dist/kinglet-0.1.0-linux-x64-gnu.tar.gz
ADD ${ARCHIVE} /unpacked/
RUN mv /unpacked/kinglet-* /opt/kinglet

FROM eclipse-temurin:25-jre
COPY --from=unpack /opt/kinglet /opt/kinglet
RUN useradd --system --home-dir /data --create-home kinglet
USER kinglet
VOLUME /data
WORKDIR /data
EXPOSE 7181
ENV KINGLET_SERVER_HOST=0.0.0.0 \
    KINGLET_SERVER_DATA_DIRECTORY=/data
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/kinglet/kinglet"]
CMD ["start"]
