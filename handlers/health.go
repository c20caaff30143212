package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// health answers as long as the process does. It asks nobody.
func health(req *request) error { return req.probe(http.StatusOK, "ok\n") }

// readiness answers whether new requests should come here. It asks nobody.
func readiness(req *request) error {
	if !req.app.ready.Load() {
		return req.probe(http.StatusServiceUnavailable, "stopping\n")
	}
	return req.probe(http.StatusOK, "ready\n")
}

// probe answers for this moment only: a proxy may keep what does not forbid it.
func (req *request) probe(status int, text string) error {
	req.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return req.String(status, text)
}
