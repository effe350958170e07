# What a contributor runs; `just --list` shows it. Each is a line or two of cargo.

# Format, lint and documentation, as strict as it gets
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items --locked

# Every test
test:
    cargo test --workspace --locked

# Kill a script that keeps values, and a lab under load, at many random moments; end connections fifty times
kill:
    HOLDLINE_KILLS=1000 cargo test -p holdline --test kill --locked -- --nocapture
    HOLDLINE_KILLS=100 cargo test -p holdline-lab --test kill --locked -- --nocapture
    HOLDLINE_RECONNECTS=50 cargo test -p holdline --test reconnects --locked -- --nocapture

# Break every line of an example in every way, or of all of them: a test must notice, or the survivor has a reason
mutants example="":
    {{ if example == "" { "" } else { "MUTANTS_OF=" + example } }} cargo test -p holdline --test mutants --locked

# Write docs/api anew from crates/device/catalogue, and docs/faults.md from the words for faults
page:
    UPDATE_PAGE=1 cargo test -p holdline-device -p holdline-peer --test page --locked

# Licences, advisories and who may depend on what (needs cargo-deny)
deny:
    cargo deny check licenses bans sources

# The modem must build where there is no operating system at all
embedded:
    cargo build -p holdline-modem -p holdline-peer --target thumbv7em-none-eabi

# Ratios against the plainest program, in one run
bench:
    cargo build --release --workspace --locked
    cargo run --release --locked -p holdline-bench

# Have Schemathesis try every call of the lab's document, on a lab with devices (needs Schemathesis, from PyPI)
schemathesis examples="100":
    cargo build -p holdline --locked
    python3 crates/lab/tests/schemathesis/run.py --examples {{examples}}
    python3 crates/lab/tests/schemathesis/run.py --examples {{examples}} --locked

# A minute of each fuzz target (needs cargo-fuzz)
fuzz seconds="60":
    cd fuzz && for target in lab_requests lab_words modem_operations peer_operations script_loading source_checking; do \
        cargo fuzz run -s none $target -- -max_total_time={{seconds}} -rss_limit_mb=4096; done
