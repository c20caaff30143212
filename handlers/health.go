package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// home leads to the groups, or to sign-in.
func home(req *request) error {
	if req.session.data.Who == nil {
		return req.goTo(req.urls().SignIn(""))
	}
	who := req.session.data.Who
	if who.ShutOut {
		return req.goTo(req.urls().In(who.Organisation.ID).Organisations())
	}
	return req.goTo(req.urls().In(who.Organisation.ID).Groups())
}

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
