package handlers

import "net/http"

// home leads to the groups, or to sign-in.
func home(v *visit) error {
	if v.session.data.Who == nil {
		return v.goTo(v.urls().SignIn(""))
	}
	return v.goTo(v.urls().Groups())
}

// health answers as long as the process does. It asks nobody.
func health(v *visit) error { return v.String(http.StatusOK, "ok\n") }

// readiness answers whether new requests should come here. It asks nobody.
func readiness(v *visit) error {
	if !v.app.ready.Load() {
		return v.String(http.StatusServiceUnavailable, "stopping\n")
	}
	return v.String(http.StatusOK, "ready\n")
}
