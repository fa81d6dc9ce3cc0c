# syntax=docker/dockerfile:1

FROM node:26-trixie-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN node build.mjs --pack /tmp

# What the command needs of the package.
FROM build AS packed
RUN mkdir /packed \
  && tar xzf /tmp/iothub-emulator-*.tgz -C /packed --strip-components 1 \
       package/package.json package/LICENSE package/THIRD-PARTY-NOTICES \
       package/dist/cli package/dist/alasql.cjs package/dist/config.schema.json package/dist/page

# LevelDB for `start --data`, which the package does not bring along: as locked, with the binaries for Linux only.
FROM build AS level
RUN mkdir -p /level/node_modules && cd node_modules \
  && cp -r classic-level abstract-level buffer base64-js ieee754 is-buffer level-supports level-transcoder module-error \
       maybe-combine-errors node-gyp-build /level/node_modules/ \
  && cd /level/node_modules/classic-level && rm -rf deps \
  && find prebuilds -mindepth 1 -maxdepth 1 ! -name 'linux-*' -exec rm -r {} +

FROM node:26-trixie-slim AS tutorial
WORKDIR /app
COPY --from=build --chown=node:node /build/node_modules ./node_modules
COPY --from=build --chown=node:node /build/dist ./dist
COPY --from=build --chown=node:node /build/scenarios ./scenarios
COPY --from=build --chown=node:node /build/package.json ./
USER node
CMD ["node", "--import", "tsx", "scenarios/tutorial/run.ts"]

FROM node:26-trixie-slim AS emulator
LABEL org.opencontainers.image.title="iothub-emulator" \
      org.opencontainers.image.licenses="MIT"
COPY --from=packed /packed /opt/iothub-emulator
COPY --from=level /level/node_modules /opt/iothub-emulator/node_modules
COPY container/health.sh /usr/local/bin/iothub-emulator-health
# the CA lives in a volume, and so does a hub with --data /data; the bundle keeps its compiled code beside itself
RUN mkdir /ca /data && chown node:node /ca /data /opt/iothub-emulator/dist/cli \
  && chmod 755 /opt/iothub-emulator/dist/cli/iothub-emulator.cjs /usr/local/bin/iothub-emulator-health \
  && ln -s /opt/iothub-emulator/dist/cli/iothub-emulator.cjs /usr/local/bin/iothub-emulator
USER node
ENV IOTHUB_EMULATOR_HOST=0.0.0.0 \
    IOTHUB_EMULATOR_CA_DIR=/ca
VOLUME /ca /data
EXPOSE 443 8883 5671 8088
HEALTHCHECK --interval=5s --timeout=4s --start-period=10s --retries=5 CMD ["iothub-emulator-health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["iothub-emulator"]
CMD ["start"]
