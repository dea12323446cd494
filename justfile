set dotenv-load
set positional-arguments

export CARGO_TERM_PROGRESS_WHEN := env("CARGO_TERM_PROGRESS_WHEN", "auto")

stack := "target/debug/balloond-devstack"
probe := "target/probe/bin"
tools := "target/tools"

# One selection of packages everywhere: another one would build the dependencies again, with other features.
build_all := "cargo build --workspace --bins"

# List the recipes
_default:
    @{{ just_executable() }} --list --unsorted

# Start everything, rebuild on change; Ctrl-C ends it
dev:
    @echo "Balloon'd: building the servers (minutes the first time, then seconds)"
    @{{ build_all }}
    @exec {{ stack }} dev --with-parent

# Install what is missing on this machine
setup:
    @infrastructure/scripts/setup

# Run all tests, or with a FILTER the Rust tests whose name contains it
test *FILTER:
    #!/bin/sh
    set -eu
    {{ build_all }}
    if cargo nextest --version >/dev/null 2>&1; then
        {{ stack }} exec -- cargo nextest run --workspace "$@"
    else
        {{ stack }} exec -- cargo test --workspace --no-fail-fast -- "$@"
    fi
    if [ $# -eq 0 ]; then "{{ just_executable() }}" e2e; fi

# Change strangers' bytes in CASES ways: photos, forms, frames, cursors (`just test` tries a few hundred)
fuzz CASES="100000":
    #!/bin/sh
    set -eu
    export PROPTEST_CASES="$1"
    if cargo nextest --version >/dev/null 2>&1; then
        cargo nextest run --workspace --profile fuzz do_no_harm
    else
        cargo test --workspace -- do_no_harm
    fi

# Hold the dependencies against deny.toml: licences, bans, sources; known weaknesses where their database can be reached
deny:
    #!/bin/sh
    set -eu
    export PATH="$PWD/{{ tools }}/bin:$PATH"
    cargo deny --version >/dev/null 2>&1 || {
        echo "deny      │ installing cargo-deny, once (some minutes)"
        cargo install --quiet --locked --no-default-features --version ^0.20 --root {{ tools }} --target-dir {{ tools }}/build cargo-deny
        rm -rf {{ tools }}/build
    }
    cargo deny check --hide-inclusion-graph licenses bans sources
    cargo deny fetch db >/dev/null 2>&1 || { echo "deny      │ the database of weaknesses cannot be reached: NOT checked for any" >&2; exit 0; }
    cargo deny check advisories

# Measure that nobody learns by time who has an account: 200 pairs, on a machine that does nothing else
timing:
    #!/bin/sh
    set -eu
    {{ build_all }}
    if cargo nextest --version >/dev/null 2>&1; then
        {{ stack }} exec -- cargo nextest run --workspace --run-ignored only --no-capture take_the_same_time
    else
        {{ stack }} exec -- cargo test --workspace -- --ignored --nocapture take_the_same_time
    fi

# Show the newest mail that the local stack sent
mail:
    @newest=$(ls "${MAIL_FOLDER:-.data/mail}"/*.eml 2>/dev/null | tail -n 1); if [ -n "$newest" ]; then cat "$newest"; else echo "No mail yet."; fi

# Run the browser tests: all of them on the site as it is released, named files on the one that is quicker to build
e2e *ARGS:
    @{{ build_all }}
    @target/debug/balloond-bundle {{ if ARGS == "" { "--release --site target/site" } else { "" } }}
    @npm ci --prefix end2end --no-audit --no-fund --silent
    @{{ stack }} exec --apps 2 -- npm test --prefix end2end -- "$@"

# Check format, lints, and that what the browser shares needs no server
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- --deny warnings
    {{ build_all }}
    target/debug/balloond-bundle --check

# Format the sources
fmt:
    cargo fmt --all

# What CI checks: lint, then test
ci: lint test

# Forget the local data and make the demo people anew
db-reset:
    {{ build_all }}
    {{ stack }} reset
    {{ stack }} exec --local -- target/debug/balloond-api migrate
    {{ stack }} exec --local -- target/debug/balloond-api seed-demo

# Apply the migrations to the local database, or to DATABASE_URL
migrate:
    {{ build_all }}
    {{ stack }} exec --local -- target/debug/balloond-api migrate

# Make .env.example from the settings that the servers know
env-example:
    {{ build_all }}
    target/debug/balloond-api config --example >.env.example

# Make the files of a new migration
new-migration NAME:
    #!/bin/sh
    set -eu
    case "$1" in *[!a-z0-9_]* | "") echo "error: a name is made of a to z, 0 to 9 and _" >&2; exit 1 ;; esac
    folder="migrations/$(date -u +%Y-%m-%d-%H%M%S)_$1"
    mkdir "$folder"
    echo "-- What changes; old and new servers have to work with the result (see migrations/README.md)." >"$folder/up.sql"
    echo "-- The exact opposite of up.sql." >"$folder/down.sql"
    echo "$folder"

# Make a release folder to deploy: programs, site, unit files
release: build
    #!/bin/sh
    set -eu
    cargo build --release --package balloond-operate --bins
    name="$(date -u +%Y%m%dT%H%M%SZ)-$(git rev-parse --short HEAD)"
    folder="target/release-folders/$name"
    mkdir -p "$folder/bin"
    for program in api web operate; do cp "target/release/balloond-$program" "$folder/bin/"; done
    cp -R site "$folder/site"
    cp -R infrastructure/systemd "$folder/systemd"
    echo "$name" >target/release-folders/newest
    du -sh "$folder"

# Roll a release out: systemd USER@HOST, compose USER@HOST, fly, cloudrun PROJECT REGION; --dry-run says what it would do
deploy *ARGS:
    @infrastructure/scripts/deploy "$@"

# Back the local data up into FOLDER, or what DATABASE_URL and S3_ENDPOINT name; BACKUP_KEY encrypts it
backup FOLDER *ARGS:
    @{{ build_all }}
    @{{ stack }} exec --local -- target/debug/balloond-operate backup "$@"

# Bring the newest backup in FOLDER into an empty database and an empty bucket, and compare
restore FOLDER *ARGS:
    @{{ build_all }}
    @{{ stack }} exec --local -- target/debug/balloond-operate restore "$@"

# Write docs/openapi.json and docs/asyncapi.json anew
spec:
    {{ build_all }}
    target/debug/balloond-api spec >docs/openapi.json
    target/debug/balloond-api spec --socket >docs/asyncapi.json

# Probe the API with what its specification allows and what it does not, by schemathesis
probe *ARGS:
    {{ build_all }}
    @[ -x {{ probe }}/st ] || python3 -m venv target/probe
    @{{ probe }}/pip install --quiet --disable-pip-version-check --requirement infrastructure/probe/requirements.txt
    {{ stack }} exec --apps 1 -- sh -c 'target/debug/balloond-api seed-demo && exec {{ probe }}/python infrastructure/probe/probe.py "$@"' probe "$@"

# Measure a release build with 10,000 people, 2,000 chats and 200,000 messages: http, chat (--only group,pairs,slow,connections,nodes,idle), far, serverless, search, cost (for `just cost`)
bench *ARGS: build
    {{ stack }} exec --durable -- target/release/balloond-bench "$@"

# Say what 10,000, 100,000 and 1,000,000 people a month need and cost, by what `just bench cost` measured; --people N,N, --prices FILE
cost *ARGS:
    @{{ build_all }}
    @target/debug/balloond-cost "$@"

# Let faults strike three api processes under load, and prove that nothing is lost; --messages N, --seed N, --seeds N, --faults A,B
chaos *ARGS:
    {{ build_all }}
    target/debug/balloond-chaos "$@"

# Build for release: both servers, and the site folder
build:
    {{ build_all }}
    # With the benchmark: without it, it would build their dependencies again with other features.
    cargo build --release --package balloond-api --package balloond-web --package balloond-bench --bins
    target/debug/balloond-bundle --release
    @ls -lh target/release/balloond-api target/release/balloond-web | awk '{ print $NF, $5 }'
