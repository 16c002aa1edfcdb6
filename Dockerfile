# Production dependencies, and Node's compile cache of all that runs.
FROM node:26.10.0-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The install's last step is our own script, which fills the cache as far as there is something to fill it with.
COPY config config
# The embedded PostgreSQL is optional, and nothing for a container.
RUN npm ci --omit=dev --omit=optional
COPY . .
# Node keeps a cache for each user id, so it is filled as the one that the server has; and then nobody may write to it,
# since what lies there is run.
RUN rm -rf node_modules/.cache \
  && install -d -o 1000 -g 1000 node_modules/.cache \
  && setpriv --reuid=1000 --regid=1000 --clear-groups node --max-semi-space-size=4 \
    --import ./config/compile-cache.js config/warm-compile-cache.js \
  && chown -R root:root . && chmod -R a+rX,go-w .

FROM node:26.10.0-trixie-slim
LABEL org.opencontainers.image.title="Gatehouse" \
  org.opencontainers.image.description="A self-hosted authentication and authorization service on PostgreSQL" \
  org.opencontainers.image.version="0.1.0" \
  org.opencontainers.image.licenses="MIT"
# Package managers have no work here, and dependencies of their own to keep up to date.
RUN rm -rf /opt/yarn* /usr/local/lib/node_modules \
  /usr/local/bin/corepack /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/yarn /usr/local/bin/yarnpkg
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app .
# `node` of the base image, as a number: Kubernetes wants to see that it is not root.
USER 1000:1000
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# As `npm start`, without npm between the signals and the server.
CMD ["node", "--max-semi-space-size=4", "--import", "./config/compile-cache.js", "src/server.ts"]
