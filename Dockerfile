# syntax=docker/dockerfile:1

FROM node:20-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build

# The command is one bundle; alasql is the only package that it loads from node_modules.
FROM build AS packed
RUN npm pack --silent --pack-destination /tmp \
  && mkdir /packed \
  && tar xzf /tmp/iothub-emulator-*.tgz -C /packed --strip-components 1 \
  && find /packed/dist -mindepth 1 -maxdepth 1 ! -name cli ! -name config.schema.json -exec rm -r {} +

FROM node:20-bookworm-slim AS tutorial
WORKDIR /app
COPY --from=build --chown=node:node /build/node_modules ./node_modules
COPY --from=build --chown=node:node /build/scenarios ./scenarios
COPY --from=build --chown=node:node /build/package.json ./
USER node
CMD ["node", "--import", "tsx", "scenarios/tutorial/run.ts"]

FROM node:20-bookworm-slim AS emulator
LABEL org.opencontainers.image.title="iothub-emulator" \
      org.opencontainers.image.licenses="MIT"
COPY --from=packed /packed /opt/iothub-emulator
# the CA lives in the volume; the bundle keeps its compiled code beside itself
RUN mkdir /ca && chown node:node /ca /opt/iothub-emulator/dist/cli \
  && ln -s /opt/iothub-emulator/dist/cli/iothub-emulator.cjs /usr/local/bin/iothub-emulator
USER node
ENV IOTHUB_EMULATOR_HOST=0.0.0.0 \
    IOTHUB_EMULATOR_CA_DIR=/ca
VOLUME /ca
EXPOSE 443 8883 8088
HEALTHCHECK --interval=5s --timeout=4s --start-period=10s --retries=5 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8088/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["iothub-emulator"]
CMD ["start"]
