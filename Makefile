.DEFAULT_GOAL := help
.PHONY: help run build generate icons pictures lighthouse fuzz vulnerabilities soak bench test

help: ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 17

run: build ## Build, and serve the sandbox on http://127.0.0.1:8080/
	./bin/tallyfy-admin --sandbox --oauth-client-id sandbox

build: ## Build bin/tallyfy-admin
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bin/tallyfy-admin .

generate: ## Make the Go code of the templates anew, after a change to a .templ file
	go tool templ fmt views
	go tool templ generate

icons: ## Make the sprite of icons anew, after a change to views/icons.go (needs Node, and npm ci in .ci)
	./.ci/icons

pictures: ## Take the README's pictures anew (needs Chromium)
	go test -tags pictures -count=1 -run TestPictures ./handlers/tests/browser

lighthouse: build ## Measure pages with Lighthouse (needs Chromium and Node)
	cd .ci && npm install --no-save lighthouse@12.8.2
	./.ci/lighthouse

fuzz: ## Feed every parser with odd input (FUZZTIME=5m for each, FUZZ=FuzzTime for one)
	./.ci/fuzz

# It needs vuln.go.dev, or a copy of it: VULNDB=file:///folder. It ends with 3 if it found something, with another number if it
# could not look.
vulnerabilities: ## Look for known vulnerabilities in what the program uses (needs the network)
	@go tool -modfile=.ci/tools.mod govulncheck $(if $(VULNDB),-db $(VULNDB)) ./... || { code=$$?; [ $$code = 3 ] || \
		echo "Nothing was checked: the list of vulnerabilities could not be read (see above). Without a way to vuln.go.dev, give a copy: make vulnerabilities VULNDB=file:///folder" >&2; exit $$code; }

soak: ## Use the program for a long time, with faults, and look for leaks (SOAK=10m)
	go test -tags soak -count=1 -timeout 0 -v -run TestSoak ./handlers/tests/soak

bench: ## Measure the speed, as ratios of one run (BENCH_SHORT=1 for a quick look; BENCH_BASE=folder for the suite too)
	go test -tags speed -count=1 -timeout 0 -v -run TestSpeed ./handlers/tests/speed
	go test -run '^$$' -bench Timeline ./handlers/history

test: ## Everything that has to pass
	./.ci/check
