.DEFAULT_GOAL := help
.PHONY: help run build generate test

# The tools that only the checks need have a module file of their own, so that they are no dependency of the program.
CHECK := go tool -modfile=.ci/tools.mod

help: ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: build ## Build, and serve the sandbox on http://127.0.0.1:8080/
	./bin/tallyfy-admin --sandbox

build: ## Build bin/tallyfy-admin
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bin/tallyfy-admin .

generate: ## Make the Go code of the templates anew, after a change to a .templ file
	go tool templ fmt views
	go tool templ generate

test: ## Everything that has to pass
	./.ci/check
