# sigmilter: make help lists the targets.

GO       ?= go
DESTDIR  ?=
PREFIX   ?= /usr/local
FUZZTIME ?= 10m

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -X main.version=$(VERSION)

PACKAGES ?= ./...

.PHONY: help build setup test race fuzz lint demo bench install corpus packages
.DEFAULT_GOAL := build
.NOTPARALLEL:

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

build: ## the program, in bin/
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/sigmilter ./cmd/sigmilter

setup: ## installs what the tests need, on Debian as root
	@GO='$(GO)' testdata/setup.sh tests

test: lint race ## lint and all tests; changes nothing on the machine
	@testdata/setup.sh skipped

race: ## all tests, with the race detector and in random order
	CGO_ENABLED=1 $(GO) test -race -shuffle=on -timeout 20m $(PACKAGES)

lint: ## gofmt, go vet, staticcheck
	@bad=$$(gofmt -l .) || exit 1; \
	if [ -n "$$bad" ]; then echo "not as gofmt writes it:"; echo "$$bad"; exit 1; fi
	$(GO) vet $(PACKAGES)
	$(GO) tool staticcheck $(PACKAGES)

# go test takes one fuzz target of one package at a time.
fuzz: ## every fuzz target for FUZZTIME (10m)
	@set -e; for pkg in $$($(GO) list $(PACKAGES)); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
	    echo "$$pkg $$target"; \
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$pkg; \
	  done; \
	done

# Memory of the daemon and its open files after many messages, against a quarter of them.
.PHONY: soak
soak: ## 200,000 messages through the daemon: memory and open files stay flat
	SOAK=$${SOAK:-200000} $(GO) test -run '^TestSoak$$' -count 1 -v -timeout 2h ./cmd/sigmilter

demo: ## real mail through a private Postfix, before and after in demo-out/
	@testdata/setup.sh postfix
	@[ ! -t 2 ] || echo '· building the demo; the first time this takes a minute' >&2
	$(GO) run ./cmd/demo

.PHONY: pictures
pictures: demo ## those of the documentation, as the demo draws them, into docs/pictures
	cp demo-out/pictures/*.svg docs/pictures/

bench: ## sigmilter beside filters that do nothing: bench-out/report.md, summary.json
	@GO='$(GO)' testdata/setup.sh compiler postfix libmilter counters peers
	$(GO) run ./cmd/bench

# The benchmarks of the stages that every message goes through.
STAGES   = ^Benchmark(Session|Engine|Header|Scan|Leaf|Place|Decide|BookHit)$$
BASELINE = testdata/bench/baseline.txt
COUNT   ?= 6

.PHONY: bench-compare bench-baseline bench-stages
bench-stages:
	@mkdir -p bench-out
	$(GO) test -run '^$$' -bench '$(STAGES)' -benchmem -benchtime 200ms -count $(COUNT) \
	  ./milter ./milter/entity ./milter/insert ./milter/policy ./sigstore > bench-out/stages.txt || { cat bench-out/stages.txt; exit 1; }

bench-compare: bench-stages ## each stage beside testdata/bench/baseline.txt, times and allocations
	$(GO) tool benchstat $(BASELINE) bench-out/stages.txt

bench-baseline: bench-stages ## takes the stages of this machine as the baseline
	@mkdir -p '$(dir $(BASELINE))'
	cp bench-out/stages.txt $(BASELINE)

# Without CONFIG every message is taken as written by a person of the test
# configuration, so that it is signed whoever wrote it.
CORPUS = $(if $(CONFIG),-c '$(CONFIG)',-c testdata/config/corpus.toml --as alice@contoso.com)

corpus: build ## every message in the folder DIR through the engine (CONFIG=...), breaches printed
	@if [ -z "$(DIR)" ]; then echo "usage: make corpus DIR=folder-of-messages [CONFIG=sigmilter.toml]"; exit 2; fi
	bin/sigmilter sign $(CORPUS) '$(DIR)'

install: build ## into DESTDIR/PREFIX (/usr/local)
	install -d '$(DESTDIR)$(PREFIX)/bin'
	install -m 0755 bin/sigmilter '$(DESTDIR)$(PREFIX)/bin/sigmilter'

packages: ## .deb and .rpm for ARCHES (amd64 arm64), in bin/packages
	@for arch in $(or $(ARCHES),amd64 arm64); do \
	  GO='$(GO)' packaging/build.sh $$arch bin/packages || exit 1; \
	done

.PHONY: repo
repo: ## adds .deb and .rpm to a repository for apt and dnf in bin/repo, signed with SIGN_KEY
	@GO='$(GO)' packaging/repo.sh bin/repo $(or $(ARCHES),amd64 arm64)

# The scenarios of TestChaos with so many messages, and the counts as the last line.
# CHAOS_HOSTILE is how long hostile mail is sent in one of them.
CHAOS ?= 50000
CHAOS_HOSTILE ?= 10m

.PHONY: chaos
chaos: ## what can go wrong does, under CHAOS (50000) messages on both mail servers
	@testdata/setup.sh postfix programs sendmail
	@set -e; dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; \
	CGO_ENABLED=0 $(GO) test -c -o "$$dir/chaos.test" ./cmd/sigmilter; \
	cd cmd/sigmilter; CI=true SIGMILTER_CHAOS=$(CHAOS) SIGMILTER_CHAOS_HOSTILE=$(CHAOS_HOSTILE) "$$dir/chaos.test" -test.v -test.timeout 90m -test.run '^TestChaos$$'
