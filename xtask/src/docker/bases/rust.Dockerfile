# Stands in for the official Rust image where no registry can be reached: this machine's toolchain on Debian.
ARG BASE
FROM ${BASE}
ARG TOOLCHAIN
ENV RUSTUP_HOME=/usr/local/rustup CARGO_HOME=/usr/local/cargo PATH=/usr/local/cargo/bin:$PATH
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
COPY --from=cargo-bin rustup /usr/local/cargo/bin/rustup
COPY --from=toolchain . /usr/local/rustup/toolchains/${TOOLCHAIN}
RUN for program in cargo rustc rustdoc; do ln -s rustup /usr/local/cargo/bin/$program; done \
    && rustup default ${TOOLCHAIN} \
    && cargo --version
