# sigmilter: make help lists the targets.

GO       ?= go
DESTDIR  ?=
PREFIX   ?= /usr/local
FUZZTIME ?= 10m

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -X main.version=$(VERSION)

PACKAGES ?= ./...

.PHONY: help build test race fuzz lint demo bench install corpus tools sendmail packages debian
.DEFAULT_GOAL := build
.NOTPARALLEL:

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

build: ## the program, in bin/
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/sigmilter ./cmd/sigmilter

test: tools lint race ## everything: what it needs is installed, lint, all tests

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
	$(GO) run ./cmd/demo

bench: benchtools ## sigmilter beside filters that do nothing: bench-out/report.md, summary.json
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

# The tests want a real Postfix and OpenLDAP's slapd, the race detector a C compiler.
# Debian's Postfix is told to listen on this machine only, its slapd is left without
# a configuration, so that it does not start: the tests start instances of their own,
# and the packages would otherwise answer to the network.
# Of Prometheus only promtool is taken out of its package: installed, that would
# start a server.
tools:
	@missing=; \
	PATH=$$PATH:/usr/sbin; \
	command -v postfix >/dev/null || missing="$$missing postfix"; \
	command -v slapd >/dev/null || missing="$$missing slapd"; \
	for tool in mandoc lintian rpm debootstrap; do \
	  command -v $$tool >/dev/null || missing="$$missing $$tool"; \
	done; \
	command -v apparmor_parser >/dev/null || missing="$$missing apparmor"; \
	command -v "$$($(GO) env CC | cut -d ' ' -f 1)" >/dev/null || missing="$$missing gcc libc6-dev"; \
	command -v systemd-analyze >/dev/null || missing="$$missing systemd"; \
	command -v chromium >/dev/null || missing="$$missing chromium fonts-dejavu"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
	  echo "missing for all tests to run; as root: apt-get install$$missing"; exit 0; \
	fi; \
	case "$$missing" in *postfix*) \
	  echo 'postfix postfix/main_mailer_type select Local only' | debconf-set-selections;; \
	esac; \
	case "$$missing" in *slapd*) \
	  echo 'slapd slapd/no_configuration boolean true' | debconf-set-selections;; \
	esac; \
	export DEBIAN_FRONTEND=noninteractive; \
	apt-get -qq update && apt-get -qq install -y --no-install-recommends $$missing
	@if command -v promtool >/dev/null || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then exit 0; fi; \
	dir=$$(mktemp -d) && chmod 0755 "$$dir" && cd "$$dir" && \
	apt-get -qq update && apt-get -qq download prometheus && dpkg -x prometheus_*.deb . && \
	install -m 0755 usr/bin/promtool /usr/local/bin/; rm -rf "$$dir"
	@$(MAKE) --no-print-directory sendmail debian

# Sendmail for the tests is unpacked only, into the user's cache folder or
# SIGMILTER_SENDMAIL: installed, it would put Postfix out. m4 and the libraries
# that its package asks for are installed.
SENDMAIL_DIR = $(or $(SIGMILTER_SENDMAIL),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/sigmilter/sendmail)

sendmail:
	@dir='$(SENDMAIL_DIR)'; \
	if [ -x "$$dir/usr/libexec/sendmail/sendmail" ] && command -v m4 >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
	  echo "missing for all tests to run: Sendmail in $$dir; as root: make tools"; exit 0; \
	fi; \
	set -e; export DEBIAN_FRONTEND=noninteractive; \
	packages=$$(mktemp -d); trap 'rm -rf "$$packages"' EXIT; chmod 755 "$$packages"; \
	apt-get -qq update; \
	(cd "$$packages" && apt-get -qq -o APT::Sandbox::User=root download sendmail-bin sendmail-cf sendmail-base); \
	apt-get -qq install -y --no-upgrade --no-install-recommends m4 \
	  $$(dpkg -f "$$packages"/sendmail-bin_*.deb Depends | tr ',' '\n' | sed -n 's/^ *\(lib[^ ]*\).*/\1/p'); \
	mkdir -p "$$dir"; \
	for package in "$$packages"/*.deb; do dpkg -x "$$package" "$$dir"; done

# The tests read the generated PowerShell with the grammar of tree-sitter, from npm's
# registry, in Node; it is kept in the user's cache folder.
.PHONY: grammar
tools: grammar
grammar:
	@dir=$${XDG_CACHE_HOME:-$$HOME/.cache}/sigmilter/powershell; \
	if [ -e "$$dir/node_modules/tree-sitter-powershell" ]; then exit 0; fi; \
	if ! command -v npm >/dev/null; then \
	  if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
	    echo "missing for all tests to run; as root: apt-get install nodejs npm"; exit 0; \
	  fi; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  apt-get -qq update && apt-get -qq install -y --no-install-recommends nodejs npm; \
	fi; \
	mkdir -p "$$dir" && npm install --prefix "$$dir" --silent --ignore-scripts --legacy-peer-deps --no-audit --no-fund --no-save --no-package-lock \
	  web-tree-sitter@0.27.1 tree-sitter-powershell@0.26.4 || echo "npm could not install the grammar of PowerShell"

# A small Debian with Postfix, into copies of which the tests install the packages. It
# is made once, from where apt gets its own packages, which takes a few minutes, in
# the user's cache folder or SIGMILTER_DEBIAN.
DEBIAN_DIR = $(or $(SIGMILTER_DEBIAN),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/sigmilter/debian-12)

debian:
	@dir='$(DEBIAN_DIR)'; PATH=$$PATH:/usr/sbin; \
	if [ -e "$$dir.done" ] || [ "$$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then exit 0; fi; \
	rm -rf "$$dir"; mkdir -p "$$dir"; \
	mirror=$$(apt-get indextargets --format '$$(REPO_URI)' 'Created-By: Packages' 'Release: bookworm' | head -n 1); \
	if debootstrap --variant=minbase --include=postfix,systemd,init-system-helpers,iproute2,ca-certificates \
	  bookworm "$$dir" $$mirror >"$$dir.log" 2>&1; then \
	  touch "$$dir.done"; \
	else \
	  echo "missing for the tests of the packages: a Debian in $$dir; see $$dir.log"; \
	fi

# The scenarios of TestChaos with so many messages, and the counts as the last line.
# CHAOS_HOSTILE is how long hostile mail is sent in one of them.
CHAOS ?= 50000
CHAOS_HOSTILE ?= 10m

.PHONY: chaos
chaos: tools ## what can go wrong does, under CHAOS (50000) messages on both mail servers
	@set -e; dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; \
	CGO_ENABLED=0 $(GO) test -c -o "$$dir/chaos.test" ./cmd/sigmilter; \
	cd cmd/sigmilter; CI=true SIGMILTER_CHAOS=$(CHAOS) SIGMILTER_CHAOS_HOSTILE=$(CHAOS_HOSTILE) "$$dir/chaos.test" -test.v -test.timeout 90m -test.run '^TestChaos$$'

# What the benchmark wants beside: libmilter's header, and filters to be compared with.
# These are unpacked only, into the user's cache folder or SIGMILTER_PEERS: installed,
# they would start. The benchmark goes on without them.
PEERS_DIR = $(or $(SIGMILTER_PEERS),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/sigmilter/peers)

.PHONY: benchtools peers
benchtools: tools
	@if [ ! -e /usr/include/libmilter/mfapi.h ]; then \
	  if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
	    echo "missing; as root: apt-get install libmilter-dev"; exit 1; \
	  fi; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  apt-get -qq update && apt-get -qq install -y --no-install-recommends libmilter-dev || exit 1; \
	fi
	@$(MAKE) --no-print-directory peers || echo "the benchmark goes on without alterMIME or MIMEDefang"

peers:
	@dir='$(PEERS_DIR)'; \
	if [ -e "$$dir/complete" ]; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
	  echo "missing: alterMIME and MIMEDefang in $$dir; as root: make benchtools"; exit 1; \
	fi; \
	set -e; export DEBIAN_FRONTEND=noninteractive; \
	packages=$$(mktemp -d); trap 'rm -rf "$$packages"' EXIT; chmod 755 "$$packages"; \
	apt-get -qq update; \
	mkdir -p "$$dir"; \
	for name in altermime mimedefang; do \
	  (cd "$$packages" && apt-get -qq -o APT::Sandbox::User=root download "$$name"); \
	  dpkg -x "$$packages/$$name"_*.deb "$$dir"; \
	done; \
	apt-get -qq install -y --no-upgrade --no-install-recommends libnet-dns-perl libhtml-parser-perl \
	  $$(dpkg -f "$$packages"/mimedefang_*.deb Depends | tr ',' '\n' | sed -n 's/^ *\(lib[^ ]*\).*/\1/p' | grep -v libmime-base64-perl); \
	touch "$$dir/complete"
