# The image holds one file: a static binary.
FROM rust:1.95-slim AS build
WORKDIR /failscope
COPY . .
RUN bash .ci/static /out/failscope

FROM scratch
COPY --from=build /out/failscope /failscope
WORKDIR /work
ENTRYPOINT ["/failscope"]
