FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/qa
COPY . .
RUN /opt/qa/bin/python -m pip install -c constraints.txt .

FROM python:3.12-slim-bookworm
ENV PATH=/opt/qa/bin:$PATH PYTHONUNBUFFERED=1 LANG=C.UTF-8
COPY --from=build /opt/qa /opt/qa
RUN mkdir /data && chown 10001:10001 /data
USER 10001:10001
WORKDIR /data
VOLUME /data
HEALTHCHECK --interval=60s --timeout=20s --start-period=20s CMD ["qa-service", "doctor"]
ENTRYPOINT ["qa-service"]
CMD ["--help"]
