# The bot, with its database in /data. All tests run on Python 3.11.
FROM python:3.11-slim-bookworm AS build
RUN python -m venv /opt/nextread
WORKDIR /src
COPY requirements.lock ./
RUN /opt/nextread/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE THIRD-PARTY-LICENSES.txt ./
COPY data data
COPY bot bot
# The lock has the build backend too, so nothing else is downloaded.
RUN /opt/nextread/bin/pip install --no-cache-dir --no-deps --no-index --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --user-group --no-create-home nextread \
    && install --directory --owner=nextread --group=nextread /data
COPY --from=build /opt/nextread /opt/nextread
ENV PATH=/opt/nextread/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATABASE_URL=sqlite:////data/nextread.db
USER nextread
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["nextread", "health"]
CMD ["nextread", "run"]
