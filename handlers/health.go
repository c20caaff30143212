package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// home leads to the groups, or to sign-in.
func home(v *visit) error {
	if v.session.data.Who == nil {
		return v.goTo(v.urls().SignIn(""))
	}
	return v.goTo(v.urls().Groups())
}

// health answers as long as the process does. It asks nobody.
func health(v *visit) error { return v.probe(http.StatusOK, "ok\n") }

// readiness answers whether new requests should come here. It asks nobody.
func readiness(v *visit) error {
	if !v.app.ready.Load() {
		return v.probe(http.StatusServiceUnavailable, "stopping\n")
	}
	return v.probe(http.StatusOK, "ready\n")
}

// probe answers for this moment only: a proxy may keep what does not forbid it.
func (v *visit) probe(status int, text string) error {
	v.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return v.String(status, text)
}
