# bookworm, not its successor: MariaDB Connector/C 3.4 refuses the certificate that MySQL 8 makes
# for itself, 3.3 does not.
FROM python:3.12-slim-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        build-essential default-libmysqlclient-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.txt requirements-mysql.txt /build/
RUN pip wheel --no-cache-dir --wheel-dir /wheels --requirement /build/requirements-mysql.txt \
    && python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --no-index --find-links /wheels \
        --requirement /build/requirements-mysql.txt


FROM python:3.12-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libmariadb3 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 skillgap \
    && useradd --uid 10001 --gid skillgap --no-create-home --shell /usr/sbin/nologin skillgap
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=8000
WORKDIR /srv/skillgap
COPY . .
# instance/ is the only folder the service writes to, where it runs on SQLite; and `seed`, which
# keeps there what it downloads.
RUN chmod -R a+rX . \
    && python -m compileall -q app cache onet_client docker \
    && install --directory --owner=skillgap --group=skillgap instance instance/releases
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "docker/healthcheck.py", "/health"]
ENTRYPOINT ["/srv/skillgap/docker/entrypoint.sh"]
CMD ["serve"]
