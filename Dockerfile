# The embedded Postgres and the development tools stay out of the image: it needs a DATABASE_URL.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --workspaces=false --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim AS cli
WORKDIR /app
COPY cli cli
COPY client/src client/src
COPY src src
RUN npm ci --prefix cli --include=dev --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=cli /app/cli/dist cli/dist
COPY package.json ./
COPY src src
COPY migrations migrations
COPY examples examples
RUN ln -s /app/src/operate/register.js /usr/local/bin/register && ln -s /app/cli/dist/ropa.cjs /usr/local/bin/ropa
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/start.js"]
