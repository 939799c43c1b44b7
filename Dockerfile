# bookworm, not its successor: MariaDB Connector/C 3.4 refuses the certificate that MySQL 8 makes
# for itself, 3.3 does not.
FROM python:3.12-slim-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        build-essential default-libmysqlclient-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
COPY requirements-mysql.txt scripts/requirements/*.txt /build/
# /opt/tools installs and lists; /opt/venv is what runs, without a pip of its own.
RUN python -m venv /opt/tools \
    && install="install --no-cache-dir --require-hashes" \
    && /opt/tools/bin/pip $install --requirement /build/pip.txt \
    && /opt/tools/bin/pip $install --requirement /build/sbom.txt \
    && python -m venv --without-pip /opt/venv \
    && /opt/tools/bin/pip --python /opt/venv/bin/python $install \
        --build-constraint /build/build.txt --requirement /build/requirements-mysql.txt


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
# keeps there what it downloads. All else may be read-only, but for /tmp.
RUN chmod -R a+rX . \
    && python -m compileall -q app cache onet_client docker \
    && install --directory --owner=skillgap --group=skillgap instance instance/releases
# sbom.json: every package of this image, Debian's and the base's own Python too.
RUN --mount=type=bind,from=build,source=/opt/tools,target=/opt/tools \
    /opt/tools/bin/python scripts/sbom.py --debian sbom.json /opt/venv/bin/python \
        "$(python -c 'import sys; print(sys._base_executable)')"
VOLUME /srv/skillgap/instance
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "docker/healthcheck.py", "/health"]
ENTRYPOINT ["/srv/skillgap/docker/entrypoint.sh"]
CMD ["serve"]
