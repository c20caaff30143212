# syntax=docker/dockerfile:1
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /out/tallyfy-admin . && mkdir /out/data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/tallyfy-admin /usr/local/bin/tallyfy-admin
# The database and its secret. The folder belongs to the user that the image runs as.
COPY --from=build --chown=65532:65532 /out/data /data
VOLUME /data
ENV ADDR=:8080 DATABASE_URL=/data/tallyfy-admin.db
EXPOSE 8080
USER 65532:65532
HEALTHCHECK --interval=30s --timeout=6s --start-period=5s CMD ["/usr/local/bin/tallyfy-admin", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/tallyfy-admin"]
