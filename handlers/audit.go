package handlers

import (
	"log/slog"

	"tallyfy-admin/handlers/web"
)

// How an attempt to sign in can end.
const (
	signedInNow     = "done"
	signInRefused   = "refused"
	signInHeldBack  = "held back"
	signInUnchecked = "not checked"
)

// auditSignIn writes the one line about an attempt to sign in.
func (v *visit) auditSignIn(result string, attrs ...slog.Attr) {
	v.app.Metrics.SignIn(result)
	v.refused = v.refused || result == signInRefused
	line := []slog.Attr{slog.String("request_id", web.IDOf(v)), slog.String("result", result), slog.String("client", v.RealIP())}
	v.app.Log.LogAttrs(v.Request().Context(), slog.LevelInfo, "sign-in", append(line, attrs...)...)
}
