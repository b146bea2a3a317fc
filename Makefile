# `make help` lists what there is. Everything is made below .build; only `install` writes elsewhere.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift

# An import that Package.swift does not declare is an error everywhere; a warning is one only where we test, so that a
# newer compiler with a new warning does not stop anybody's build.
imports := --explicit-target-dependency-import-check error
# The program looks for libraries where the system has them, and not in its own folder.
release := -c release --static-swift-stdlib --disable-local-rpath $(imports)
# Tests are built with librpm as a second reader of rpm databases, to hold the first against.
tested := $(imports) -Xswiftc -warnings-as-errors --traits LibRPM

# The compiler keeps its caches in the home folder; where that cannot be written, they go where the build goes.
ifneq ($(shell caches="$${XDG_CACHE_HOME:-$$HOME/.cache}"; test -e "$$caches" || caches="$$HOME"; test -w "$$caches" || echo no),)
export XDG_CACHE_HOME := $(CURDIR)/.build/cache
endif

binary := .build/release/sbomkit
demo := .build/compressions.spdx.json
validators := .build/validators/bin/python
consumers := .build/consumers/bin/python
conformance := .build/conformance/bin/python
# With CI=true a check that is skipped is a failure.
skipped = { echo "$(1): skipped: the $(2) are not installed"; case '$(CI)' in true|1) exit 1;; esac; }
packaging := Packaging/deb Packaging/dist Packaging/place Packaging/settings Packaging/stage Packaging/try-deb Packaging/try-installed
pages := $(wildcard docs/man/*.1)
scripts := .ci/run .ci/setup Fixtures/make.sh Tests/lab/lab.sh $(packaging)

prefix := $(DESTDIR)$(PREFIX)
# What Packaging/place puts there.
installed := bin/sbomkit $(pages:docs/man/%=share/man/man1/%) share/bash-completion/completions/sbomkit \
    share/zsh/site-functions/_sbomkit share/fish/vendor_completions.d/sbomkit.fish

# Documents there and back: see Tests/roundtrip/roundtrip.py. CORPUS names the unpacked corpus if it is not .build-corpus;
# else it is unpacked below .build where it lies beside the package. ROUNDTRIP has further options.
roundtrip = $(validators) Tests/roundtrip/roundtrip.py $(if $(CORPUS),--corpus '$(CORPUS)')

.PHONY: all build run test lint accept roundtrip lab bench bench-inputs beside scanner-image deb dist install uninstall clean help

all: build test ## everything: build, test and lint

build: ## the release binary, .build/release/sbomkit
	@.ci/setup build
	$(SWIFT) build $(release) --product sbomkit

run: build ## build, then make an SPDX document of a bundled image
	$(binary) generate --format spdx Fixtures/compressions -o $(demo)
	@echo
	@echo "The SPDX document is $(demo). Now try one of your own:"
	@echo "  $(binary) generate --format spdx PATH/TO/OCI-LAYOUT -o image.spdx.json"

test: ## all tests (warnings are errors), then lint
	@.ci/setup test
	$(SWIFT) build --build-tests $(tested)
	$(SWIFT) test --skip-build --disable-xctest $(tested)
	@if test -x $(validators); then \
	    $(validators) Tests/roundtrip/self_test.py && \
	    $(roundtrip) --sbomkit .build/debug/sbomkit --sample 60 --quick --max-size 200000; \
	else $(call skipped,roundtrip,validators); fi
	@if test -x $(consumers); then $(consumers) Tests/consumers/consumers.py --sbomkit .build/debug/sbomkit; \
	else $(call skipped,consumers,consumers); fi
	@if test -x $(conformance); then $(conformance) Tests/conformance/ntia.py --sbomkit .build/debug/sbomkit; \
	else $(call skipped,conformance,conformance); fi
	@$(MAKE) --no-print-directory lint
	@echo "All good: no warnings, every test passed, formatting and scripts are clean."

lint: ## formatting of the Swift code, syntax of the scripts and of the manual
	$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources
	@for script in $(scripts); do bash -n "$$script" || exit 1; done
	@if command -v shellcheck >/dev/null; then shellcheck -x $(packaging); fi
	@if command -v mandoc >/dev/null; then mandoc -T lint -W warning $(pages); fi
	@if command -v man >/dev/null && command -v groff >/dev/null; then \
	    for page in $(pages); do \
	        said=$$(LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l $$page 2>&1 >/dev/null); \
	        test -z "$$said" || { echo "$$page: $$said" >&2; exit 1; }; \
	    done; \
	fi

accept: ## rewrite Fixtures/expected and Fixtures/inspected with what is written now; review the difference
	@.ci/setup test
	SBOMKIT_ACCEPT=1 $(SWIFT) test --disable-xctest $(tested) --filter Golden
	git status --short Fixtures/expected Fixtures/inspected

roundtrip: build ## all documents of the corpus converted there and back: CORPUS=FOLDER ROUNDTRIP='--only same'
	@.ci/setup test
	@if test -x $(validators); then $(roundtrip) --sbomkit $(binary) $(ROUNDTRIP); \
	else $(call skipped,roundtrip,validators); fi

lab: build ## images with packages of languages, compared with what pip, npm, go and others say: LAB_BIG=LAYOUT
	@.ci/setup test
	LAB_BIG='$(LAB_BIG)' Tests/lab/lab.sh all $(binary)

$(binary):
	$(MAKE) build

bench: build ## stages and conversions against their limits, or against another commit: BESIDE=COMMIT or BESIDE=BINARY
	@.ci/setup test
	@$(MAKE) --no-print-directory bench-inputs
	$(SWIFT) run -c release --package-path Benchmarks --scratch-path .build/bench Benchmarks \
	    .build/bench-inputs/rpmdb.sqlite .build/bench-inputs/status .build/bench-inputs/large.json .build/bench-inputs/large.xml
	SYFT='$(SYFT)' SYFT_DOCUMENT='$(SYFT_DOCUMENT)' /usr/bin/python3 Benchmarks/convert.py $(binary) \
	    .build/bench-inputs/large.json .build/bench-inputs/large.xml
	$(if $(BESIDE),$(MAKE) --no-print-directory beside)

# Both binaries over the same inputs. BESIDE names a commit, which is built below .build, or a binary; NEW another binary
# than that of this tree; BESIDE_OPTIONS what Benchmarks/beside.py has.
NEW ?= $(binary)
other = .build/beside/$(BESIDE)
beside: bench-inputs
	@test -n '$(BESIDE)' || { echo "beside: BESIDE=COMMIT or BESIDE=BINARY is missing" >&2; exit 64; }
	@test -f '$(BESIDE)' -o -d '$(other)' || git worktree add --detach '$(other)' '$(BESIDE)'
	@test -f '$(BESIDE)' || (commit=$$(git rev-parse '$(BESIDE)') && cd '$(other)' && git checkout -q --detach "$$commit" && \
	    $(SWIFT) build $(release) --product sbomkit)
	/usr/bin/python3 Benchmarks/beside.py --fixtures Fixtures $(BESIDE_OPTIONS) '$(NEW)' \
	    '$(if $(wildcard $(BESIDE)),$(BESIDE),$(other)/.build/release/sbomkit)' .build/bench-inputs

bench-inputs:
	/usr/bin/python3 Benchmarks/inputs.py .build/bench-inputs
	/usr/bin/python3 Benchmarks/documents.py .build/bench-inputs/large.json
	/usr/bin/python3 Benchmarks/documents.py .build/bench-inputs/large.xml

scanner-image: build ## stage the files of an image for builders, .build/scanner-image
	rm -rf .build/scanner-image
	Packaging/stage $(binary) .build/scanner-image
	@echo "The files are in .build/scanner-image. To build the image:"
	@echo "  buildah bud -f Packaging/Containerfile -t sbomkit .build/scanner-image"

deb: build ## a Debian package, in .build/deb
	@rm -rf .build/deb
	@Packaging/deb $(binary) .build/deb
	@if command -v lintian >/dev/null; then lintian --allow-root --fail-on error .build/deb/*.deb; fi

dist: build ## an archive of the program with its checksum, in .build/dist
	@rm -rf .build/dist
	@Packaging/dist $(binary) .build/dist

install: $(binary) ## binary, manual, shell completions: PREFIX=/usr/local DESTDIR=
	Packaging/place $(binary) '$(prefix)'

uninstall: ## takes away what install put there
	rm -f $(foreach file,$(installed),'$(prefix)/$(file)')

clean: ## takes away .build
	rm -rf .build

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
