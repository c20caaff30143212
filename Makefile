.DEFAULT_GOAL := help
.PHONY: help run build generate pictures lighthouse test

help: ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: build ## Build, and serve the sandbox on http://127.0.0.1:8080/
	./bin/tallyfy-admin --sandbox --oauth-client-id sandbox

build: ## Build bin/tallyfy-admin
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bin/tallyfy-admin .

generate: ## Make the Go code of the templates anew, after a change to a .templ file
	go tool templ fmt views
	go tool templ generate

pictures: ## Take the README's pictures anew (needs Chromium)
	go test -tags pictures -count=1 -run TestPictures ./handlers/tests/browser

lighthouse: build ## Measure pages with Lighthouse (needs Chromium and Node)
	cd .ci && npm install --no-save lighthouse@12.8.2
	./.ci/lighthouse

test: ## Everything that has to pass
	./.ci/check
