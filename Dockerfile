# syntax=docker/dockerfile:1
# A tag can be moved to another image, a digest cannot. To pin both images, and to renew them (each month, and when the scanner of
# your registry names a vulnerability), ask for the digest of the tag and write it behind it, here and below:
#   docker buildx imagetools inspect golang:1.26-bookworm --format '{{.Manifest.Digest}}'
#   FROM golang:1.26-bookworm@sha256:… AS build
# It has to be the digest of the list of all platforms, which that command gives.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /out/tallyfy-admin . && mkdir /out/data

# docker buildx imagetools inspect gcr.io/distroless/static-debian12:nonroot --format '{{.Manifest.Digest}}'
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
